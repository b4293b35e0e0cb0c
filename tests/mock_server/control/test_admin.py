import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from midstream.mock_server import MockServer, SessionSettings
from midstream.mock_server.control.admin import Admin
from tests.mock_server.helpers_server import ASK, KEY


@pytest.fixture
async def admin() -> AsyncIterator[Admin]:
    """Return the admin listener of a server that has answered one request."""
    settings = SessionSettings(speed=0)
    server = MockServer(accept_any_key=True, default=settings)
    async with server, Admin(server) as admin, aiohttp.ClientSession() as http:
        head = {"authorization": f"Bearer {KEY}", "openai-beta": "assistants=v2"}
        async with http.post(f"{server.base_url}/threads", headers=head) as response:
            assert response.status == 200
        yield admin


async def ask(
    admin: Admin, method: str, path: str, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Send a request with the token and return status and body."""
    head = {"authorization": f"Bearer {admin.token}", **(headers or {})}
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, f"{admin.url}{path}", headers=head) as response,
    ):
        assert not any(h.startswith("access-control") for h in response.headers)
        return response.status, await response.text()


async def test_the_journal_can_be_read(admin: Admin) -> None:
    """One JSON object a line, of the session that the key names."""
    status, text = await ask(admin, "GET", f"/journal?key={KEY}")
    kinds = [json.loads(line)["type"] for line in text.splitlines()]
    assert (status, kinds[:3]) == (200, ["session.knows", "req.recv", "effect.commit"])


async def test_a_session_can_be_reset(admin: Admin) -> None:
    """Afterwards its key is as good as new, and a 404 does not repeat the key."""
    assert (await ask(admin, "POST", f"/reset?key={KEY}"))[0] == 204
    for method, path in (("GET", "/journal"), ("POST", "/reset")):
        status, text = await ask(admin, method, f"{path}?key={KEY}")
        assert status == 404
        assert KEY not in text


async def test_health_counts_sessions(admin: Admin) -> None:
    """It says that it is well, how many sessions there are, and what they cost."""
    status, text = await ask(admin, "GET", "/health")
    said = json.loads(text)
    assert status == 200
    assert (said["status"], said["sessions"], said["due"]) == ("ok", 1, 0)
    assert said["cpu_s"] > 0


async def test_health_tells_how_late_a_server_under_load_is() -> None:
    """It counts what was due and how much later that was done."""
    settings = SessionSettings(speed=50.0, knows_any_assistant=True)
    server = MockServer(accept_any_key=True, default=settings)
    async with server, Admin(server) as admin, aiohttp.ClientSession() as http:
        head = {"authorization": f"Bearer {KEY}", "openai-beta": "assistants=v2"}
        body = {"assistant_id": "asst_1", "thread": ASK, "stream": True}
        path = f"{server.base_url}/threads/runs"
        async with http.post(path, json=body, headers=head) as response:
            await response.read()
        said = json.loads((await ask(admin, "GET", "/health"))[1])
    assert said["due"] > 0
    assert 0 < said["late_p99_s"] < 2
    assert 0 < said["late_max_s"] < 2
    assert 0 <= said["standstill_s"] < 2


async def test_a_request_must_name_its_session(admin: Admin) -> None:
    """Without a key there is nothing to look up; the answer says how to name it."""
    status, text = await ask(admin, "GET", "/journal")
    assert status == 400
    assert "?key=" in text


REFUSED = {
    "no token": ({"authorization": ""}, 401),
    "a wrong token": ({"authorization": "Bearer guess"}, 401),
    "another host": ({"host": "evil.invalid"}, 403),
    "another site": ({"origin": "http://evil.invalid"}, 403),
    "an opaque origin": ({"origin": "null"}, 403),
}


@pytest.mark.parametrize(("headers", "status"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/health"), ("GET", "/journal"), ("POST", "/reset")]
)
async def test_strangers_are_refused(
    admin: Admin, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """Without the token 401; from another host or site 403, token or not."""
    found, _ = await ask(admin, method, f"{path}?key={KEY}", headers)
    assert found == status


async def test_its_own_page_may_ask(admin: Admin) -> None:
    """The listener's own origin is no stranger."""
    assert (await ask(admin, "GET", "/health", {"origin": admin.url}))[0] == 200
