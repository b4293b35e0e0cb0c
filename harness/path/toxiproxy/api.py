"""Toxiproxy's API as plain blocking functions, on top of toxiproxy-python.

The library keeps its server's address in a class, so a process drives one server, which
`use` chooses. Requests that the library lacks (changing a toxic, creating a proxy
without listing all first) go through its `APIConsumer`. Every failure is a
`ToxiproxyError`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
import toxiproxy.api
from toxiproxy import Proxy, Toxiproxy
from toxiproxy.api import APIConsumer

from midstream.harness.errors import ToxiproxyError
from midstream.harness.path.toxics import Placed, SetToxic

from .transport import Transport


class ToxicState(msgspec.Struct, frozen=True, kw_only=True):
    """A toxic as the server describes it; unknown fields are ignored."""

    name: str
    toxicity: float
    attributes: dict[str, Any]


class ProxyState(msgspec.Struct, frozen=True, kw_only=True):
    """A proxy as the server describes it; unknown fields are ignored."""

    name: str
    listen: str
    enabled: bool
    toxics: tuple[ToxicState, ...] = ()

    @property
    def port(self) -> int:
        """The port on which it listens, or listened before it was disabled."""
        return int(self.listen.rpartition(":")[2])


def use(host: str, port: int) -> None:
    """Drive the server at *host* and *port* from here on."""
    toxiproxy.api.requests = Transport()
    # The library pastes the host into a URL.
    Toxiproxy().update_api_consumer(f"[{host}]" if ":" in host else host, port)


def use_address(address: str) -> None:
    """Drive the server at *address*, a "host:port", from here on."""
    host, _, port = address.rpartition(":")
    use(host.strip("[]"), int(port))


def version() -> str:
    """Return the server's version, such as "2.12.0"."""
    with _understood("/version"):
        return str(APIConsumer.get("/version").json()["version"])


def names() -> list[str]:
    """Return the names of all proxies; fails if one of them hangs."""
    return sorted(states())


def states() -> dict[str, ProxyState]:
    """Return the state of all proxies, by name."""
    with _understood("/proxies"):
        answer = APIConsumer.get("/proxies").json()
        return msgspec.convert(answer, dict[str, ProxyState])


def build(name: str, upstream: str, placed: Sequence[Placed]) -> int:
    """Create proxy *name* with all its toxics, then open it; return its port.

    So no connection goes through it without them (Shopify/toxiproxy issue 148).
    """
    with _understood(name):
        asked = {"upstream": upstream, "listen": "127.0.0.1:0", "enabled": False}
        answer = APIConsumer.post("/proxies", json={"name": name, **asked})
        proxy = Proxy(**answer.json())
        try:
            for toxic in placed:
                proxy.add_toxic(**_wording(toxic))
            # Check this response only: an outage may close the proxy right after it.
            answer = APIConsumer.post(f"/proxies/{name}", json={"enabled": True})
            return _checked(msgspec.convert(answer.json(), ProxyState), placed)
        except BaseException:
            with suppress(ToxiproxyError):
                proxy.destroy()
            raise


def state(name: str) -> ProxyState:
    """Return the state of proxy *name*."""
    with _understood(name):
        answer = APIConsumer.get(f"/proxies/{name}").json()
        return msgspec.convert(answer, ProxyState)


def perform(name: str, port: int, change: SetToxic) -> None:
    """Make *change* on proxy *name*, which is closed meanwhile if the change severs."""
    if not change.severs:
        set_toxic(name, change)
        return
    set_enabled(name, port, is_enabled=False)
    set_toxic(name, change)
    set_enabled(name, port, is_enabled=True)


def set_toxic(name: str, change: SetToxic) -> None:
    """Change a toxic of proxy *name*; return when the server has acknowledged it."""
    with _understood(name):
        wanted = {"attributes": change.attributes, "toxicity": change.toxicity}
        answer = APIConsumer.post(
            f"/proxies/{name}/toxics/{change.name}", json=wanted
        ).json()
        told = msgspec.convert(answer, ToxicState)
    _check_toxic(told, change)


def set_enabled(name: str, port: int, *, is_enabled: bool) -> None:
    """Open or close proxy *name*, which must keep its *port*."""
    with _understood(name):
        proxy = Proxy(name=name, upstream="", enabled=not is_enabled, listen="")
        if is_enabled:
            proxy.enable()
        else:
            proxy.disable()
        told = state(name)
    if told.enabled != is_enabled or told.port != port:
        raise ToxiproxyError(
            f"Toxiproxy reports proxy {name} {'on' if told.enabled else 'off'} at port "
            f"{told.port}; expected {'on' if is_enabled else 'off'} at port {port}"
        )


def delete(name: str) -> None:
    """Delete proxy *name*; its connections end at once."""
    with _understood(name):
        Proxy(name=name, upstream="", enabled=True, listen="").destroy()


def _wording(toxic: Placed) -> dict[str, Any]:
    """Return *toxic* as arguments for the library."""
    return {
        "name": toxic.name,
        "type": toxic.type,
        "stream": toxic.stream,
        "toxicity": toxic.toxicity,
        "attributes": toxic.attributes,
    }


def _checked(told: ProxyState, placed: Sequence[Placed]) -> int:
    """Return the port of *told*, if it is open and holds all toxics of *placed*."""
    there = {toxic.name: toxic for toxic in told.toxics}
    for toxic in placed:
        if toxic.name not in there:
            raise ToxiproxyError(
                f"Toxiproxy did not add toxic {toxic.name} to proxy {told.name}"
            )
        _check_toxic(there[toxic.name], toxic)
    if not told.port:  # it gets a port when it opens
        raise ToxiproxyError(f"Toxiproxy did not open proxy {told.name}")
    return told.port


def _check_toxic(told: ToxicState, asked: Placed | SetToxic) -> None:
    """Check that the server took all attributes; it ignores unknown ones."""
    is_taken = asked.attributes.items() <= told.attributes.items()
    if not is_taken or told.toxicity != asked.toxicity:
        raise ToxiproxyError(
            f"Toxiproxy reports toxic {told.name} with {told.attributes} and toxicity "
            f"{told.toxicity:g}; expected {asked.attributes} and {asked.toxicity:g}"
        )


@contextmanager
def _understood(what: str) -> Iterator[None]:
    """Turn a response that cannot be read into a `ToxiproxyError`."""
    try:
        yield
    except ToxiproxyError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToxiproxyError(
            f"the response for {what} is not Toxiproxy's: {error!r}"
        ) from error
