"""``python -m midstream.mock_server``: serve until interrupted."""

import sys
from pathlib import Path

if __name__ == "__main__":
    if "." not in (__package__ or ""):  # a bare name, or the path of the folder
        name = Path(__file__).parent.name
        sys.stderr.write(
            f"{name}: started so, Python would load a second copy of midstream; "
            f"type: python -m midstream.{name}\n"
        )
        sys.exit(2)
    from .control.serve import main

    sys.exit(main())
