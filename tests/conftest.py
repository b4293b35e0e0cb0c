"""What the whole suite shares, and what it is to cost no time for."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("midstream", deadline=None)  # the machine may be busy
settings.register_profile("quick", deadline=None, max_examples=20)  # of make quick
settings.load_profile("midstream")

gc.set_threshold(20_000, 50, 100)  # what is collected stays: no need to look often

# No test verifies a certificate: hundreds of processes and clients need not read them.
os.environ["SSL_CERT_FILE"] = str(Path(__file__).with_name("nobody.pem"))

pytest_plugins = ["tests.children", "tests.needs", "tests.process_guard"]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep the collector away from thousands of tests: each run begins with a walk."""
    gc.collect()
    gc.freeze()
