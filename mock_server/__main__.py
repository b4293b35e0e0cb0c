"""``python -m midstream.mock_server``: serve until interrupted."""

from .control.serve import main

raise SystemExit(main())
