"""Cross-origin headers, so that a client in a browser page may talk to the API.

Source: Fetch standard, "CORS protocol". Only requests that name an origin get them;
others see the recorded headers alone. The admin listener never uses this.
"""

from collections.abc import Mapping

_EXPOSED = "x-request-id, openai-processing-ms, openai-poll-after-ms, retry-after"
_METHODS = "GET, POST, DELETE, OPTIONS"


def headers(request: Mapping[str, str]) -> dict[str, str]:
    """Return what a response to a request with these headers adds."""
    if "origin" not in request:
        return {}
    return {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": _EXPOSED,
    }


def preflight(request: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that allow what a preflight request asks for.

    "Authorization" is named: the wildcard ``*`` does not cover it.
    """
    asked = request.get("access-control-request-headers", "")
    allowed = {
        **headers(request),
        "access-control-allow-methods": _METHODS,
        "access-control-allow-headers": ", ".join(
            filter(None, ("Authorization", asked))
        ),
        "access-control-max-age": "600",
    }
    if request.get("access-control-request-private-network") == "true":
        allowed["access-control-allow-private-network"] = "true"
    return allowed
