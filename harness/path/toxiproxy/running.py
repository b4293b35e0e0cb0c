"""The address of a running Toxiproxy, which one process passes to another."""

import msgspec


class Running(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A running server: the "host:port" of its API, its version, and its process.

    *pid* is None if midstream has not started the server. *prefix* is then the prefix
    of our proxies' names, which are deleted at the end.
    """

    address: str
    version: str
    pid: int | None = None
    prefix: str = ""
