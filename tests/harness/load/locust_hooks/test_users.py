import subprocess
import sys

import pytest

from midstream.harness.errors import UnavailableError


@pytest.mark.process
@pytest.mark.parametrize("missing", ["locust", "gevent"])
def test_a_user_without_locust_says_how_to_install_it(missing: str) -> None:
    """The public name raises an error of ours with the command, not a bare import."""
    code = f"import sys; sys.modules[{missing!r}] = None; import midstream; "
    use = "midstream.StreamingUser"
    argv = [sys.executable, "-c", code + use]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)  # noqa: S603 - our own program
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert last.startswith(f"{UnavailableError.__module__}.UnavailableError: ")
    assert "pip install 'midstream[load]'" in last
