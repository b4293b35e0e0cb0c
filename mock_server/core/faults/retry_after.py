"""Refuse with 429 and say how long to wait.

The request takes no effect. The wait is sent in seconds, as an HTTP date, or in the
SDKs' own header `retry-after-ms`. Broken seconds are not RFC 9110, but SDKs read them.

Source: RFC 9110 section 10.2.3, "The Retry-After field value can be either an
HTTP-date or a number of seconds to delay after receiving the response.";
docs/research/faults.md RTY-01, RTY-02, RTY-03, RTY-04;
docs/research/wire.md, Retries of the SDKs.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Finish, Head, Send, Step

from ._shared import JSON_TYPE


@FAULTS.register
class RetryAfter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Answer *status* (429) and ask for a pause of *wait_s* seconds.

    Attributes:
        wait_s: How long the client is to wait; not negative.
        form: How it is sent. "seconds" and "date" go into ``retry-after``, "ms"
            into ``retry-after-ms``. A date has whole seconds only.
        status: 429, or 503, which may carry the same header.
    """

    proof: ClassVar[str] = "status"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = False

    wait_s: float = 1.0
    form: Literal["seconds", "date", "ms"] = "seconds"
    status: Literal[429, 503] = 429

    def __post_init__(self) -> None:
        """Check that the wait is finite and not negative."""
        if not 0 <= self.wait_s < float("inf"):
            raise ValueError(f"wait_s must be 0 or more seconds, not {self.wait_s}")

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:  # noqa: ARG002 - the true response is dropped
        """Send the refusal in place of all *steps*."""
        data = msgspec.json.encode({"error": self._error()})
        usual = {"content-type": JSON_TYPE, "content-length": str(len(data))}
        dates = {"retry-after": self.wait_s} if self.form == "date" else {}
        yield Head(self.status, usual | self._wait(), dates)
        yield Send(data)
        yield Finish()

    def _wait(self) -> dict[str, str]:
        if self.form == "seconds":
            return {"retry-after": f"{self.wait_s:g}"}
        if self.form == "ms":
            return {"retry-after-ms": f"{self.wait_s * 1000:.0f}"}
        return {}

    def _error(self) -> dict[str, str | None]:
        return {
            "message": f"Rate limit reached. Please try again in {self.wait_s:g}s.",
            "type": "requests",
            "param": None,
            "code": "rate_limit_exceeded",
        }
