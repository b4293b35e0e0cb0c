import json

from midstream.mock_server.core import sse
from midstream.mock_server.core.faults.split_deltas import SplitDeltas
from midstream.mock_server.core.steps import Finish, Send, Step
from tests.mock_server.core.faults import helpers_steps


def delta(*blocks: object) -> Send:
    """Return a delta event with these blocks of content."""
    payload = json.dumps({"id": "msg_1", "delta": {"content": blocks}})
    name = "thread.message.delta"
    return Send(sse.frame(name, payload), 3, name, role="text")


def struck(*steps: Step) -> list[Step]:
    """Return what the fault makes of *steps*."""
    return helpers_steps.struck(SplitDeltas(), steps)


def test_each_character_gets_an_event_of_its_own() -> None:
    """The text is the same, in the same order, under the same message."""
    sent = struck(delta({"index": 0, "type": "text", "text": {"value": "Aé世🌍"}}))

    data = [sse.frames(s.data)[0][1] for s in sent if isinstance(s, Send)]
    found = [json.loads(text) for text in data]
    texts = [one["delta"]["content"][0]["text"]["value"] for one in found]
    assert texts == ["A", "é", "世", "🌍"]
    assert {one["id"] for one in found} == {"msg_1"}


def test_what_is_no_mere_text_is_left_alone() -> None:
    """A citation comes whole, and so do a figure and two parts in one delta."""
    text = {"index": 0, "type": "text", "text": {"value": "ab"}}
    cited = {"index": 0, "type": "text", "text": {"value": "[1]", "annotations": [{}]}}
    figure = {"index": 0, "type": "image_file", "image_file": {"file_id": "f"}}
    whole: list[Step] = [
        delta(cited),
        delta(figure),
        delta(text, text),
        delta(),
        Finish(),
    ]
    assert struck(*whole) == whole


def test_other_events_and_rests_of_events_pass() -> None:
    """Only a delta from its first byte on can be said in letters."""
    done = Send(sse.frame("done", "[DONE]"), 4, "done")
    rest = Send(b"rest\n\n", 3, "thread.message.delta", start=20)
    assert struck(done, rest) == [done, rest]
