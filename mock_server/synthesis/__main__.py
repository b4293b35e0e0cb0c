"""``python -m midstream.mock_server.synthesis``: write all shipped cassettes anew."""

import sys

from midstream.mock_server.cassette import ROOT
from midstream.mock_server.recording import ASSISTANTS

from .build import build_all

for path in build_all(ROOT / ASSISTANTS):
    sys.stdout.write(f"{path}\n")
