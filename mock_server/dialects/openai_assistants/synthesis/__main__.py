"""``python -m midstream.mock_server.synthesis``: write all shipped cassettes anew."""

import sys

from midstream.mock_server.recordings.cassette import ASSISTANTS
from midstream.mock_server.recordings.collection import ROOT

from .build import build_all

for path in build_all(ROOT / ASSISTANTS / "cassettes"):
    sys.stdout.write(f"{path}\n")
