"""The directory in which a command stores its runs, named for the time."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from midstream.harness.errors import UnavailableError


def new_directory(out: Path) -> Path:
    """Make a directory below *out* and point ``latest`` at it.

    Raises:
        UnavailableError: The directory cannot be made; says why.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3]
    directory, latest = out / stamp, out / "latest"
    try:
        directory.mkdir(parents=True)
    except OSError as error:
        raise UnavailableError(f"cannot write {directory}: {error.strerror}") from error
    with suppress(OSError):
        latest.unlink(missing_ok=True)
        latest.symlink_to(stamp, target_is_directory=True)
    return directory
