"""``python -m midstream.mock_server``: serve until interrupted."""

import sys

if __name__ == "__main__":
    if __package__ != "midstream.mock_server":
        sys.stderr.write(
            "mock_server: started so, Python would load a second copy of midstream; "
            "type: python -m midstream.mock_server\n"
        )
        sys.exit(2)
    from .control.serve import main

    sys.exit(main())
