"""``python -m midstream.mock_server``: serve until interrupted."""

from .serve import main

raise SystemExit(main())
