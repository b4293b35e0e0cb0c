"""Keeps secrets out of cassettes: checks recorded traffic before it becomes a file.

Headers pass by an allow-list, so that a header nobody thought of does not pass. The
rest is searched for the shapes of secrets; one find refuses the whole cassette, since
nobody can tell what else is in it. Messages name the shape and never the secret.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from midstream.mock_server.core.coding import decompressed, is_made
from midstream.mock_server.core.errors import CassetteError

from .cassette import Cassette, Exchange

RESPONSE_HEADERS = frozenset(
    {
        "cache-control",
        "content-encoding",
        "content-type",
        "openai-poll-after-ms",
        "openai-processing-ms",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "x-should-retry",
    }
)
"""The response headers a cassette may hold: those that change what a client does."""

SECRET_SHAPES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "an API key (sk-)": r"\b(?:sk|rk|pk|sess)[-_][A-Za-z0-9_-]{16,}",
        "a credential": r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/-]{12,}",
        "a credential in JSON": r"""(?ix)["'](?:api[-_]?key|authorization|password
            |(?:access|refresh|auth|id)[-_]?token|client[-_]?secret|secret)["']
            \s*:\s*["'][^"']{6,}["']""",
        "a credential in a query": r"""(?ix)[?&](?:api[-_]?key|key|sig|signature|code
            |(?:access[-_]?)?token|password|secret|x-amz-[a-z-]+)=[^&\s"'#]{6,}""",
        "a credential in a URL": r"\b[a-z][a-z0-9+.-]*://[^/\s:@\"']+:[^/\s@\"']+@",
        "a cookie": r"""(?ix)\b(?:set-)?cookie\b["']?\s*[:=]\s*\S+=
            |\b(?:__cf_bm|_cfuvid)=""",
        "an organisation id": r"\borg-[A-Za-z0-9]{16,}",
        "a project id": r"\bproj_[A-Za-z0-9]{16,}",
        "a request id": r"\breq_[0-9a-f]{24,}",
        "a user id": r"\buser-[A-Za-z0-9]{20,}",
        "an AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})",
        "a Google key": r"\b(?:AIza[0-9A-Za-z_-]{30,}|ya29\.[0-9A-Za-z_-]{20,})",
        "a Slack token": r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}",
        "a Hugging Face token": r"\bhf_[A-Za-z0-9]{20,}",
        "a GitLab token": r"\bglpat-[0-9A-Za-z_-]{16,}",
        "an npm or PyPI token": r"\b(?:npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{16,})",
        "a JSON web token": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+",
        "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    }.items()
}
"""Patterns by what they find."""

_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]+")


def allowed_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those response headers that may be kept, with lower-case names."""
    lower = {name.lower(): value for name, value in headers.items()}
    return {name: lower[name] for name in sorted(lower.keys() & RESPONSE_HEADERS)}


def refuse_secrets(cassette: Cassette) -> None:
    """Check that *cassette* may be written.

    Raises:
        CassetteError: Something in it looks like a secret, or a header is not allowed.
    """
    for place, text in _texts(cassette):
        for shape, pattern in SECRET_SHAPES.items():
            if pattern.search(text):
                raise CassetteError(
                    f"{cassette.name}: {place} seems to hold {shape}; "
                    "nothing was written; take it out of the recording first"
                )


def _texts(cassette: Cassette) -> Iterator[tuple[str, str]]:
    """Yield each text of *cassette* with the place it stands in."""
    yield "the header", f"{cassette.name}\n{cassette.title}\n{cassette.provenance}"
    for number, exchange in enumerate(cassette.exchanges):
        place = f"exchange {number}"
        refuse_headers(exchange, f"{cassette.name}: {place}")
        yield f"{place}, path", exchange.path
        yield f"{place}, request", _flat(exchange.request)
        yield f"{place}, response body", _readable(exchange, cassette.name)


def _readable(exchange: Exchange, name: str) -> str:
    """Return the body as text, decompressed.

    Raises:
        CassetteError: It is compressed in a way that nothing here can read.
    """
    body = exchange.body
    if exchange.is_compressed:
        coding = exchange.coding
        plain = decompressed(body, coding) if is_made(coding) else None
        if plain is None:
            raise CassetteError(
                f"{name}: a body is compressed ({coding}) and cannot be searched for "
                "secrets; nothing was written; record it decompressed, or as gzip"
            )
        body = plain
    return body.decode(errors="replace")


def refuse_headers(exchange: Exchange, place: str) -> None:
    """Check that a cassette may hold the response headers of *exchange*.

    Raises:
        CassetteError: A header is not on the allow-list, or its value is not plain.
    """
    for name, value in exchange.headers.items():
        if name not in RESPONSE_HEADERS:
            raise CassetteError(
                f"{place}: a cassette may not hold header {name!r}; take it out; "
                f"allowed: {', '.join(sorted(RESPONSE_HEADERS))}"
            )
        if not value.isprintable() or _EMAIL.search(value):
            raise CassetteError(
                f"{place}: the value of header {name!r} holds a control character or "
                "an e-mail address; take it out"
            )


def _flat(request: Mapping[str, object] | None) -> str:
    """Return *request* as the JSON it is stored as, which keeps keys beside values."""
    return "" if request is None else msgspec.json.encode(request).decode()
