import subprocess
import sys

import pytest

pytestmark = [pytest.mark.openai, pytest.mark.process]

PROGRAM = """
import sys
from midstream.harness.clients import CLIENTS
CLIENTS["openai_python"]().info()
before = set(sys.modules)
import openai
openai.AsyncOpenAI(api_key="x").beta.threads.runs
print(sum(name.startswith("openai.") for name in set(sys.modules) - before))
"""


def test_nothing_of_the_sdk_is_imported_within_a_run() -> None:
    """Asking who the client is imports all of it: in a run, all others would wait."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout == "0\n"
