from itertools import count

from midstream.mock_server.dialects.openai_assistants.state.rebind import Binding


def binding(**known: str) -> Binding:
    """Return a binding with a shift of 100 s and ids counted from 0."""
    numbers = count()
    return Binding(known, 100, lambda prefix: f"{prefix}{next(numbers)}")


def test_an_id_gets_the_same_live_one_everywhere() -> None:
    """Ids are replaced consistently, in whatever field and event they stand."""
    bind = binding(run_a="run_live")
    assert bind({"id": "msg_a", "run_id": "run_a"}) == {
        "id": "msg_0",
        "run_id": "run_live",
    }
    details = {"message_creation": {"message_id": "msg_a"}}
    assert bind(details) == {"message_creation": {"message_id": "msg_0"}}


def test_ids_in_texts_stay() -> None:
    """A text that happens to be, or to hold, an id is left alone."""
    text = {"text": {"value": "run_a"}, "arguments": '{"id":"run_a"}'}
    assert binding(run_a="run_live")(text) == text


def test_foreign_ids_stay() -> None:
    """Files and what has no known prefix keep their ids."""
    obj = {"id": "file-1", "assistant_id": None, "thread_id": "else_1"}
    assert binding()(obj) == obj


def test_times_are_shifted_together() -> None:
    """Every ``…_at`` moves by the same number of seconds; null stays null."""
    obj = {"created_at": 1, "expires_at": 601, "failed_at": None, "total": 5}
    moved = {"created_at": 101, "expires_at": 701, "failed_at": None, "total": 5}
    assert binding()(obj) == moved


def test_lists_are_rebound_in_depth() -> None:
    """Tool calls stand in lists of objects."""
    bound = binding()({"tool_calls": [{"id": "call_a"}, {"id": "call_b"}]})
    assert bound == {"tool_calls": [{"id": "call_0"}, {"id": "call_1"}]}
