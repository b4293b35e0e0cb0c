"""The API's refusals: the error envelope, and the exception that carries it.

Envelope and texts: OpenAPI ErrorResponse and recorded bodies. Texts marked MEM are
from memory of the API, not from a recording.
"""

from dataclasses import dataclass

from midstream.mock_server.core.errors import MockServerError
from midstream.mock_server.core.replies import JSON_TYPE, Answer

from .wire import pretty


@dataclass(eq=False)
class RefusedError(MockServerError):
    """The rules refuse a request; the dialect turns this into an `Answer`."""

    message: str
    status: int = 400
    code: str | None = None
    param: str | None = None
    type: str = "invalid_request_error"

    def answer(self) -> Answer:
        """Return the error response."""
        error = {
            "message": self.message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
        }
        return Answer(
            status=self.status,
            headers={"content-type": JSON_TYPE},
            body=pretty({"error": error}),
        )


def not_found(noun: str, object_id: str) -> RefusedError:
    """Return the refusal for an id that names nothing.

    Recorded: "No run step found with id 'step_123'."
    """
    return RefusedError(f"No {noun} found with id '{object_id}'.", status=404)


def unknown_route(method: str, path: str) -> RefusedError:
    """Return the refusal for a path the API lacks: MEM, then our own hint."""
    return RefusedError(
        f"Invalid URL ({method} {path}); this session replays recordings of the "
        "Assistants API, which has no such operation",
        status=404,
    )


def wrong_key(key: str) -> RefusedError:
    """Return the refusal for an API key nobody opened a session with.

    Recorded: "Incorrect API key provided: sk-…. You can find your API key at …";
    only the ends of the key are repeated, as the real server does.
    """
    shown = key if len(key) < 12 else f"{key[:3]}{'*' * 8}{key[-4:]}"  # noqa: PLR2004 (too short to mask)
    return RefusedError(
        f"Incorrect API key provided: {shown}. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        status=401,
        code="invalid_api_key",
    )


def missing_key() -> RefusedError:
    """Return the refusal for a request without any key (MEM)."""
    return RefusedError("You didn't provide an API key.", status=401)


def missing_beta() -> RefusedError:
    """Return the refusal for a request without the beta header; as reported."""
    return RefusedError(
        "You must provide the 'OpenAI-Beta' header to access the Assistants API. "
        "Please try again by setting the header 'OpenAI-Beta: assistants=v2'.",
        code="invalid_beta",
    )
