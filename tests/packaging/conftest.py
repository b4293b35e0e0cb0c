"""What all tests of what is shipped share: it takes seconds to build."""

from pathlib import Path

import pytest

from tests.packaging.helpers_build import build_wheel, copy_checkout


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the checkout's tracked files, and of nothing else."""
    return copy_checkout(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="session")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel that is built from the copy."""
    return build_wheel(source, tmp_path_factory.mktemp("wheel"))
