from midstream.harness.oracle.verdict import Finding, Status, Verdict
from midstream.harness.record.case import ClientInfo
from tests.harness.helpers_history import (
    TOKENS,
    Item,
    appended,
    begin,
    check,
    final,
    invoked,
    told,
)
from tests.harness.oracle.helpers_findings import says

PROMISES = ClientInfo(name="tested", version="1", level=2, capabilities=("messages",))
SILENT = ClientInfo(name="tested", version="1", level=2)
SAID = [*told(*TOKENS), *told("echo ", message="msg_2")]


def judged(*shown: Item, client: ClientInfo = PROMISES) -> Finding:
    """Return the answer on two messages of which *shown* was shown."""
    case = begin(client=client)
    return check("boundaries", case, invoked(), SAID, *shown)


def test_two_messages_in_one_are_violated() -> None:
    """A text that runs over the end of a message into the next shows two as one."""
    found = judged(appended(*TOKENS, "echo ", message="answer-1"))
    assert (found.status, found.verdict) == (Status.VIOLATED, Verdict.CORRUPTED)
    assert found.subtype == "MERGED_MESSAGES"
    assert found.message == says("2 messages", "answer-1", "live")


def test_each_by_itself_holds() -> None:
    """Names of the client's own are as good as the server's, if there are two."""
    shown = appended(*TOKENS, message="a"), appended("echo ", message="b")
    assert judged(*shown).status is Status.HOLDS


def test_a_final_text_that_merges_them_is_violated() -> None:
    """Messages shown apart and then joined in the last word are merged."""
    shown = appended(*TOKENS, message="a"), appended("echo ", message="b")
    found = judged(*shown, final(c="".join(TOKENS) + "echo "))
    assert found.status is Status.VIOLATED
    assert "final text" in found.message


def test_a_client_that_promises_nothing_is_not_judged() -> None:
    """A program that prints one text is free to."""
    shown = appended(*TOKENS, "echo ", message="answer-1")
    assert judged(shown, client=SILENT).status is Status.UNKNOWN


def test_nothing_shown_is_unknown() -> None:
    """Where nothing is shown, nothing is merged."""
    assert judged().status is Status.UNKNOWN
