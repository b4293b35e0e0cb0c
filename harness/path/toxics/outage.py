"""Take the whole path down, for a while or for good.

What a client sees: a FIN on every connection within milliseconds, the loss of all data
inside other toxics, and refused connections until the path is up again on the same
port. Without a position the path is down before the client first connects: the nemesis
carries out `struck` at the run's begin.

Source: Shopify/toxiproxy v2, proxy.go (a disabled proxy closes its listener).
"""

from typing import ClassVar

import msgspec

from midstream.harness.path.toxics import TOXICS, Change, Placed, Stop, TakeDown

from ._settings import LONGEST_MS


@TOXICS.register
class Outage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Take the path down for *down_s* seconds, or for good without it."""

    proof: ClassVar[str] = "outage"
    disruptive: ClassVar[bool] = True

    down_s: float | None = None

    def __post_init__(self) -> None:
        longest_s = LONGEST_MS / 1000
        if self.down_s is not None and not 0 < self.down_s <= longest_s:
            raise ValueError(
                f"down_s is {self.down_s!r}; it must be above 0, at most "
                f"{longest_s:g}, or absent (for good)"
            )

    def placed(self, name: str, *, dormant: bool) -> tuple[Placed, ...]:  # noqa: ARG002 - there is no toxic
        """Return no toxic: the proxy itself goes down."""
        return ()

    def struck(self, name: str, stop: Stop) -> tuple[Change, ...]:  # noqa: ARG002 - the whole proxy goes
        """Take the proxy down."""
        return (TakeDown(self.down_s),)

    def healed(self, name: str) -> tuple[Change, ...]:  # noqa: ARG002 - see struck
        """Change nothing: the proxy comes back by itself, or never."""
        return ()
