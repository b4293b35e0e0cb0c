"""Reads YAML from strangers: only plain data, of bounded size and depth.

The safe loader makes no objects, yet its input can still be a bomb. So the events
are counted and checked first, and only then is anything built.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from midstream.mock_server.core.errors import CassetteError

MAX_TEXT_CHARS = 32 * 2**20
MAX_NODES = 200_000
MAX_DEPTH = 64

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "seq", "map", "binary")
)


def read_yaml(text: str, name: str) -> Any:  # noqa: ANN401 (what YAML holds)
    """Return the data in *text*, which error messages call *name*.

    Raises:
        CassetteError: It is malformed, too large or deep, or has aliases or tags.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise CassetteError(
            f"{name}: the file has more than {MAX_TEXT_CHARS} characters; divide it"
        )
    try:
        _refuse_bombs(yaml.parse(text, Loader=_LOADER), name)
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, CassetteError):
            raise
        raise CassetteError(f"{name}: the file is not valid YAML: {error}") from error


def _refuse_bombs(events: Iterator[yaml.Event], name: str) -> None:
    """Check each event before anything is built from it."""
    depth = 0
    for count, event in enumerate(events):
        place = f"{name}:{event.start_mark.line + 1 if event.start_mark else 1}"
        depth += _change(event)
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise CassetteError(
                f"{place}: the file has more than {MAX_NODES} nodes, or is nested "
                f"deeper than {MAX_DEPTH} levels; divide it"
            )
        if isinstance(event, yaml.AliasEvent):
            raise CassetteError(
                f"{place}: alias *{event.anchor} is refused; write the value out"
            )
        tag = getattr(event, "tag", None)
        if tag not in _TAGS and tag not in (None, "!"):
            raise CassetteError(f"{place}: tag {tag!r} is refused; write plain data")


def _change(event: yaml.Event) -> int:
    """Return by how much *event* changes the depth."""
    if isinstance(event, yaml.CollectionStartEvent):
        return 1
    return -1 if isinstance(event, yaml.CollectionEndEvent) else 0
