"""The addresses of servers, as `serve --json` prints them for programs."""

import msgspec


class Served(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One server process; *admin_url* and *token* are empty without ``--admin``."""

    base_url: str
    pid: int
    admin_url: str = ""
    token: str = ""


class Addresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All server processes of one `serve`."""

    servers: tuple[Served, ...]


def line(servers: tuple[Served, ...]) -> str:
    """Return *servers* as one line of JSON."""
    return msgspec.json.encode(Addresses(servers=servers)).decode()


def parse(text: str | bytes) -> tuple[Served, ...]:
    """Return the servers of such a line.

    Raises:
        msgspec.MsgspecError: *text* is no such line.
    """
    return msgspec.json.decode(text, type=Addresses).servers
