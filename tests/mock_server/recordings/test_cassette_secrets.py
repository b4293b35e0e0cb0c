from collections.abc import Callable
from dataclasses import replace

import pytest

from midstream.mock_server.core.errors import CassetteError
from midstream.mock_server.library import load, names
from midstream.mock_server.recordings.cassette import Cassette, Chunk
from midstream.mock_server.recordings.cassette_file import dumps
from midstream.mock_server.recordings.redaction import (
    SECRET_SHAPES,
    allowed_headers,
    refuse_secrets,
)

_KEY = "abcDEF0123456789abcDEF0123456789abcDEF01"
SECRETS = {  # put together here, so that no scanner takes them for real ones
    "an OpenAI key": "sk-" + _KEY,
    "a project key": "sk-proj-" + _KEY,
    "a service key": "sk-svcacct-" + _KEY,
    "an Anthropic key": "sk-ant-api03-" + _KEY,
    "a session key": "sess-" + _KEY,
    "a Stripe key": "sk_live_" + _KEY,
    "a bearer token": "Authorization: Bearer " + _KEY,
    "a basic credential": "Basic " + _KEY,
    "a key in JSON": '{"api-key": "' + _KEY + '"}',
    "an authorization in JSON": '{"authorization":"' + _KEY + '"}',
    "a password in JSON": '{"password" : "correct horse"}',
    "a refresh token": "{'refresh_token': '" + _KEY + "'}",
    "a client secret": '{"client_secret":"' + _KEY + '"}',
    "a key in a query": "/v1/x?api_key=" + _KEY,
    "a short key in a query": "/v1/x?a=1&key=" + _KEY,
    "a signed URL": "/f?se=2026&sig=" + _KEY,
    "an AWS signature": "/f?X-Amz-Signature=" + _KEY,
    "an OAuth token in a query": "/cb?access_token=" + _KEY,
    "a password in a URL": "postgres://me:hunter2@db",
    "a cookie": "Set-Cookie: a=" + _KEY,
    "a sent cookie": "cookie: session=1",
    "a Cloudflare cookie": "__cf_bm=" + _KEY,
    "an organisation": "org-" + _KEY[:24],
    "a project": "proj_" + _KEY[:24],
    "a request id": "req_" + "0123456789abcdef" * 2,
    "a user": "user-" + _KEY[:24],
    "an AWS key": "AKIA" + "ABCDEFGHIJ123456",
    "a GitHub token": "ghp_" + _KEY[:36],
    "a fine-grained GitHub token": "github_pat_" + _KEY,
    "a Google key": "AIza" + _KEY[:35],
    "a Google token": "ya29." + _KEY,
    "a Slack token": "xoxb-" + "123456789012-abc",
    "a Hugging Face token": "hf_" + _KEY[:34],
    "a GitLab token": "glpat-" + _KEY[:20],
    "an npm token": "npm_" + _KEY[:36],
    "a PyPI token": "pypi-" + _KEY,
    "a JSON web token": "eyJhbGciOiJI." + "eyJzdWIiOiIx." + _KEY,
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
}
SHORT = load("openai_assistants/short_answer")
ACT = SHORT.exchanges[0]


def _in_title(secret: str) -> Cassette:
    return replace(SHORT, title=f"see {secret}")


def _in_path(secret: str) -> Cassette:
    act = replace(ACT, path=f"/v1/threads?x={secret}")
    return replace(SHORT, exchanges=(act,))


def _in_request(secret: str) -> Cassette:
    request = {"metadata": {"note": [secret]}}
    return replace(SHORT, exchanges=(replace(ACT, request=request),))


def _in_body(secret: str) -> Cassette:
    """Cut the secret in two, for chunks do not respect secrets."""
    raw, middle = secret.encode(), len(secret) // 2
    chunks = (Chunk(0, b"data: " + raw[:middle]), Chunk(1, raw[middle:] + b"\n\n"))
    return replace(SHORT, exchanges=(replace(ACT, chunks=chunks),))


@pytest.mark.parametrize("put", [_in_title, _in_path, _in_body])
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_no_secret_is_written(secret: str, put: Callable[[str], Cassette]) -> None:
    """Wherever it stands, the cassette is refused, and the message keeps it quiet."""
    with pytest.raises(CassetteError, match=r"hold an? ") as caught:
        dumps(put(secret))
    assert _KEY[:8] not in str(caught.value)


@pytest.mark.parametrize("name", ["a project key", "a bearer token", "a cookie"])
def test_no_secret_in_a_request_is_written(name: str) -> None:
    """Request bodies are searched at any depth."""
    with pytest.raises(CassetteError, match=r"exchange 0, request .*hold an? "):
        dumps(_in_request(SECRETS[name]))


def test_a_secret_named_by_its_key_in_a_request_is_found() -> None:
    """A value that looks like nothing is betrayed by its key."""
    act = replace(ACT, request={"password": "correct horse"})
    with pytest.raises(CassetteError, match="a credential in JSON"):
        dumps(replace(SHORT, exchanges=(act,)))


def test_every_shape_has_an_example() -> None:
    """A pattern that no example matches might as well be missing."""
    for shape, pattern in SECRET_SHAPES.items():
        assert any(pattern.search(secret) for secret in SECRETS.values()), shape


HARMLESS = [
    "Ask your task-management-organisation-board about it.",
    "A bearer of good news; basic arithmetic.",
    "org-mode, proj_1, req_12, user-friendly-interfaces",
    '{"token": "a", "usage": {"prompt_tokens": 12}}',
    "run_" + _KEY[:24] + " msg_" + _KEY[:24] + " asst_" + _KEY[:24],
    "https://example.org:8080/a?limit=20&order=desc&after=msg_1",
    "Cookies are a kind of biscuit: crisp.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_passes(text: str) -> None:
    """A gate that cries wolf gets switched off."""
    refuse_secrets(_in_title(text))
    refuse_secrets(_in_body(text))


@pytest.mark.parametrize("name", names())
def test_shipped_cassettes_hold_nothing_like_a_secret(name: str) -> None:
    """The gate applies to us as well."""
    refuse_secrets(load(name))


def test_only_headers_on_the_list_are_kept() -> None:
    """What nobody thought of does not pass; names become lower case."""
    recorded = {
        "Content-Type": "application/json",
        "Retry-After": "2",
        "Set-Cookie": "a=b",
        "openai-organization": "acme",
        "x-request-id": "1",
        "x-new-secret-thing": "1",
    }
    kept = {"content-type": "application/json", "retry-after": "2"}
    assert allowed_headers(recorded) == kept


@pytest.mark.parametrize("headers", [{"set-cookie": "a"}, {"retry-after": "a@b.org"}])
def test_a_header_that_slipped_through_is_refused(headers: dict[str, str]) -> None:
    """The gate checks headers again, and addresses in their values."""
    act = replace(ACT, headers={**ACT.headers, **headers})
    with pytest.raises(CassetteError, match=r"exchange 0: .*header"):
        dumps(replace(SHORT, exchanges=(act,)))
