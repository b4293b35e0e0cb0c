"""Where a Toxiproxy can be driven, as one process tells another."""

import msgspec


class Running(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A running server: its API's "host:port", its version, and whose it is.

    *pid* is None where the server is not ours. *prefix* is what our proxies' names
    begin with there: those are removed in the end.
    """

    address: str
    version: str
    pid: int | None = None
    prefix: str = ""
