"""`python -m midstream.harness`: the same as the command `midstream`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
