"""The names of the clients: all are found, and finding them is cheap."""

import subprocess
import sys

import pytest

from midstream.harness.clients import CLIENTS

HEAVY = ("asyncio", "aiohttp", "openai", "playwright", "httpx")
PROGRAM = f"""
import sys
from midstream.harness.clients import CLIENTS
list(CLIENTS)
print([name for name in {HEAVY} if name in sys.modules])
"""


def test_files_and_rows_are_all_found() -> None:
    """A client's name is its file's, or that of its row in a table."""
    names = set(CLIENTS)
    assert names >= {"naive", "deep_chat_legacy", "openai_node6_raw", "openai_python"}
    assert not [name for name in names if name.endswith("_rows")]


@pytest.mark.process
def test_asking_for_all_names_imports_no_client() -> None:
    """A table of clients imports what they wrap when one of them is made."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
