"""A run that is four times as long takes four times as long to judge."""

from collections.abc import Callable, Iterator

from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.verdict import Status
from midstream.harness.record.history import Asked, Committed, RunStatus
from midstream.harness.record.ops import ToolExec, ToolSubmit
from tests.harness.helpers_history import RUN, Item, answer, final, history
from tests.harness.helpers_wire import head, received, response_end
from tests.scaling import BEARABLE, growth

ROUNDS = 300
TOKENS = 5_000


def rounds_of_tools(rounds: int) -> Iterator[Item]:
    """Yield what happens in as many rounds of tools, all as it should be."""
    for req in range(100, 100 + rounds):
        call = f"call_{req}"
        yield RunStatus(run=RUN, thread="thread_1", status="requires_action")
        yield Asked(run=RUN, call_id=call, name="look", arguments="{}")
        yield ToolExec(call_id=call, name="look", arguments="{}")
        yield ToolSubmit(call_ids=(call,))
        yield received(req, "submit_tools", body_hash=call)
        yield Committed(req=req, what="tool_output", id=RUN, call_ids=(call,))
        yield head(req)
        yield response_end(req=req)


def test_many_rounds_of_tools_are_judged_in_linear_time() -> None:
    """Nobody compares each request with all that came before it."""

    def prepare(rounds: int) -> Callable[[], object]:
        records = history(*answer(*rounds_of_tools(rounds)))
        return lambda: judge(records)

    assert growth(prepare, ROUNDS) < BEARABLE


def test_a_long_text_that_comes_at_once_is_compared_in_linear_time() -> None:
    """As the final text does: it is not copied for each of its tokens."""

    def prepare(tokens: int) -> Callable[[], object]:
        said = [f"{number:0100}" for number in range(tokens)]
        whole = final(msg_1="".join(said))
        records = history(*answer(whole, tokens=said))
        return lambda: judge(records)

    assert growth(prepare, TOKENS) < BEARABLE


def test_what_is_done_once_each_round_is_no_repetition() -> None:
    """The outputs of each round are outputs of other calls."""
    judged = judge(history(*answer(*rounds_of_tools(ROUNDS))))
    found = {finding.invariant: finding.status for finding in judged.findings}
    assert found["exactly_once"] is Status.HOLDS
    assert found["tools_once"] is Status.HOLDS
    assert found["bounded_attempts"] is Status.HOLDS
    assert found["retryability"] is not Status.VIOLATED
