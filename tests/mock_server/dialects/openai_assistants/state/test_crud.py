from typing import Any

import pytest

from tests.mock_server.dialects.openai_assistants.helpers_account import ASK, Account


def _made(account: Account, noun: str) -> tuple[str, str]:
    """Create a thing and return the path of its kind and its id."""
    thread = account.thread()
    if noun == "message":
        made = account.ok("POST", f"{thread}/messages", ASK[0])["id"]
        return f"{thread}/messages", made
    if noun == "thread":
        return "/threads", thread.rpartition("/")[2]
    return "/assistants", account.assistant()


@pytest.mark.parametrize("noun", ["assistant", "thread", "message"])
def test_what_was_changed_reads_back(noun: str) -> None:
    """Changed metadata is there on the next read."""
    account = Account()
    kind, object_id = _made(account, noun)
    path = f"{kind}/{object_id}"
    changed = account.ok("POST", path, {"metadata": {"a": "b"}})
    assert changed["metadata"] == {"a": "b"}
    assert account.ok("GET", path) == changed


@pytest.mark.parametrize("noun", ["assistant", "thread", "message"])
def test_what_was_deleted_is_gone(noun: str) -> None:
    """A deletion is confirmed; afterwards the id names nothing."""
    account = Account()
    kind, object_id = _made(account, noun)
    name = "thread.message" if noun == "message" else noun
    gone = account.ok("DELETE", f"{kind}/{object_id}")
    assert gone == {"id": object_id, "object": f"{name}.deleted", "deleted": True}
    assert account.refused("GET", f"{kind}/{object_id}")[0] == 404


def test_an_assistant_is_shown_as_recorded() -> None:
    """Field order and defaults are those of the real server."""
    account = Account()
    account.assistant()
    (shown,) = account.ok("GET", "/assistants")["data"]
    assert list(shown)[3:6] == ["name", "description", "model"]
    assert (shown["top_p"], shown["response_format"]) == (1.0, "auto")


CONTENTS: dict[str, tuple[Any, list[str]]] = {
    "a string": ("Hi", ["text"]),
    "text": ([{"type": "text", "text": "Hi"}], ["text"]),
    "an image": (
        [{"type": "image_url", "image_url": {"url": "https://host.invalid/x.png"}}],
        ["image_url"],
    ),
}


@pytest.mark.parametrize(("content", "kinds"), CONTENTS.values(), ids=CONTENTS)
def test_content_is_normalised(content: object, kinds: list[str]) -> None:
    """A message is read back as blocks, whatever way it was written."""
    account = Account()
    body = {"role": "user", "content": content}
    made = account.ok("POST", f"{account.thread()}/messages", body)
    assert [block["type"] for block in made["content"]] == kinds


def test_any_assistant_will_do_if_so_set() -> None:
    """A session may take assistants that nobody created; others do not."""
    body = {"assistant_id": "asst_mine"}
    for knows in (True, False):
        account = Account(knows_any_assistant=knows)
        reply = account.reply("POST", f"{account.thread()}/runs", body)
        assert reply.status == (200 if knows else 404)


def test_poll_after_is_told_where_set() -> None:
    """The header that sets the SDKs' poll interval comes with a run that is read."""
    account = Account(poll_after_ms=250)
    reply = account.reply("GET", account.run(account.thread()))
    assert reply.headers["openai-poll-after-ms"] == "250"
    assert reply.headers["openai-version"] == "2020-10-01"
    assert len(reply.headers["x-request-id"]) == 36
    assert "cache-control" not in reply.headers
