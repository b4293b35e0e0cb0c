"""Where a Toxiproxy can be driven, as one process tells another."""

import msgspec


class Running(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A running server: its API's "host:port", its version, and whose it is.

    *pid* is None where the server is not ours.
    """

    address: str
    version: str
    pid: int | None = None
