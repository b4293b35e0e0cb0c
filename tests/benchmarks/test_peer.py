import msgspec
import pytest

from benchmarks import peer


def test_llmock_is_told_as_many_words_as_events_that_are_text() -> None:
    """Role, end and [DONE] are events as well."""
    order = peer.llmock("llmock", 200, 0.0)
    (behavior,) = msgspec.json.decode(order.setup)["behaviors"]
    assert len(behavior["text"].split()) == 197
    assert "--stream-chunk-delay-ms" not in order.command


def test_aimock_has_a_fixture_of_as_many_pieces() -> None:
    """The content is a whole number of pieces, of the size that it is told."""
    order = peer.aimock("node", "cli.js", 200, 0.0)
    (fixture,) = msgspec.json.decode(order.fixture)["fixtures"]
    size = int(order.command[order.command.index("--chunk-size") + 1])
    assert len(fixture["response"]["content"]) == 197 * size
    assert "--latency" not in order.command


@pytest.mark.parametrize(
    "order", [peer.llmock("llmock", 9, 0.02), peer.aimock("node", "cli.js", 9, 0.02)]
)
def test_a_pace_is_told_in_milliseconds(order: peer.PeerOrder) -> None:
    """Both count the time between two events in whole milliseconds."""
    assert order.command[-1] == "20"


def test_the_request_says_how_long_it_is() -> None:
    """The body is JSON, and as long as its head says; the fixture matches it."""
    head, _, body = peer.request().partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    question = msgspec.json.decode(body)["messages"][0]["content"]
    assert question in peer.aimock("node", "cli.js", 9, 0.0).fixture


def test_a_package_has_a_folder_for_each_version() -> None:
    """A scope's slash makes no folder in a folder."""
    assert peer.AIMOCK.folder == f"copilotkit-aimock-{peer.AIMOCK.version}"
    assert peer.LLMOCK.folder == f"llmock-{peer.LLMOCK.version}"
