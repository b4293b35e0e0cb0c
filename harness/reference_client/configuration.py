"""Reads the user's settings for a run's request: one dictionary, as on the wire."""

import warnings
from collections.abc import Mapping
from typing import Any

from .errors import ConfigurationError


def run_request(
    request: Mapping[str, Any] | None, stream: bool | None, *, stacklevel: int = 3
) -> dict[str, Any]:
    """Return the body of requests that start a run, with "stream" as its first key.

    ``request={"stream": …}`` and the older *stream* give the same dictionary, in the
    same order, and so the same bytes on the wire. The default is to stream.

    Raises:
        ConfigurationError: The two disagree, or a value has a wrong type.
    """
    rest = dict(request or {})
    asked = rest.pop("stream", None)
    if stream is not None:
        warnings.warn(
            f'stream={stream} is deprecated: write request={{"stream": {stream}}}',
            DeprecationWarning,
            stacklevel=stacklevel,
        )
        if asked is not None and asked != stream:
            raise ConfigurationError(
                f'request says "stream": {asked}, but stream={stream}; leave out one'
            )
        asked = stream
    if asked is None:
        asked = True
    if not isinstance(asked, bool):
        raise ConfigurationError(f'"stream" is true or false, not {asked!r}')
    if not isinstance(rest.get("metadata", {}), dict):
        raise ConfigurationError(f'"metadata" is a table, not {rest["metadata"]!r}')
    return {"stream": asked, **rest}
