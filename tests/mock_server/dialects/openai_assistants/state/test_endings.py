import pytest

from midstream.mock_server.core.journal import Closed, Committed
from tests.mock_server.dialects.openai_assistants.helpers_account import Account, events

PREFIX = "thread."


def _rest(account: Account, played: int, *, cancel: bool = True) -> list[str]:
    """Return the event names from entry *played* on, after the run was ended there."""
    follow = account.stream(account.thread())
    account.play(played - follow.log.published)
    run = account.dialect.runs()
    assert list(run) == [follow.log.run_id]
    if cancel:
        thread = next(iter(account.dialect.state.threads))  # type: ignore[attr-defined]
        path = f"/threads/{thread}/runs/{follow.log.run_id}/cancel"
        assert account.ok("POST", path)["status"] == "cancelling"
    else:
        account.dialect.expire(follow.log.run_id, 0)
    account.play()
    return [(name or "").removeprefix(PREFIX) for name, _ in events(follow)][played:]


CANCELS = {
    "queued": (2, []),
    "in a step": (5, ["run.step.cancelled"]),
    "in a message": (10, ["message.incomplete", "run.step.cancelled"]),
}


@pytest.mark.parametrize(("played", "closing"), CANCELS.values(), ids=CANCELS)
def test_cancel_replaces_the_rest(played: int, closing: list[str]) -> None:
    """What was not said is never said; what is open is closed; the run is cancelled."""
    account = Account()
    rest = _rest(account, played)
    assert rest == ["run.cancelling", *closing, "run.cancelled", "done"]
    assert list(account.dialect.runs().values()) == ["cancelled"]
    assert [c.what for c in account.said(Committed)][-1] == "cancel"


def test_expiry_replaces_the_rest() -> None:
    """An expired run closes its message and step, and says so."""
    closing = ["message.incomplete", "run.step.expired", "run.expired", "done"]
    assert _rest(Account(), 10, cancel=False) == closing


def test_a_cancelled_message_keeps_its_partial_text() -> None:
    """The incomplete message holds what was told, and the reason."""
    account = Account()
    _rest(account, 10)
    (closed,) = account.said(Closed)
    (told,) = ("".join(tokens) for tokens in account.tokens().values())
    assert (closed.status, closed.parts) == ("incomplete", {0: told})
    assert told


def test_a_run_that_waits_for_outputs_can_be_cancelled() -> None:
    """Nobody follows it then; the thread is free afterwards."""
    account = Account("function_tool")
    thread = account.thread()
    run = account.run(thread)
    account.play()
    account.ok("POST", f"{run}/cancel")
    account.play()
    assert account.ok("GET", run)["status"] == "cancelled"
    account.run(thread)


def test_cancelling_twice_is_refused() -> None:
    """Between the two the run is cancelling."""
    account = Account()
    run = account.run(account.thread())
    account.ok("POST", f"{run}/cancel")
    _, error = account.refused("POST", f"{run}/cancel")
    assert error["message"] == "Cannot cancel run with status 'cancelling'."


def test_ending_what_is_over_changes_nothing() -> None:
    """A finished run neither expires nor is cancelled by a departing client."""
    account = Account()
    run = account.run(account.thread()).rpartition("/")[2]
    account.play()
    account.dialect.expire(run, 0)
    account.dialect.cancel(run, 0)
    account.play()
    assert account.dialect.runs() == {run: "completed"}
