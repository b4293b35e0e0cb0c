"""Where an API is mounted: clients put a prefix before its paths, or none."""

from typing import Final

MOUNTS: Final = ("/v1", "/openai/v1", "/openai")
"""The prefixes that are left out when a request is compared; Azure's is ``/openai``."""


def unmounted(path: str) -> str:
    """Return *path* below its mount, without a slash at its end."""
    for mount in MOUNTS:
        if path.startswith(f"{mount}/"):
            return path.removeprefix(mount).rstrip("/") or "/"
    return path
