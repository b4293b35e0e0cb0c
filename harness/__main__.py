"""`python -m midstream.harness`: the same as the command `midstream`."""

import sys

if __name__ == "__main__":
    if "." not in (__package__ or ""):  # a bare name, or the path of the folder
        sys.stderr.write(
            "harness: started so, Python would load a second copy of midstream; "
            "type: python -m midstream\n"
        )
        sys.exit(2)
    from .cli import main

    sys.exit(main())
