"""``python -m midstream``: the same as the command ``midstream``."""

import sys

from midstream.harness.cli import main

if __name__ == "__main__":
    sys.exit(main())
