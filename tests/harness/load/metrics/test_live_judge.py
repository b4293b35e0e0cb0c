"""A conversation that is judged while it goes on, from two sides at once."""

from collections.abc import Sequence

import pytest

from midstream.harness.load.metrics.live_judge import (
    AT_ONCE,
    KEPT_RECORDS,
    MOST_HELD,
    StreamJudge,
)
from midstream.harness.oracle.judge import encode, judge
from midstream.harness.oracle.verdict import Judgement, Verdict
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.history import (
    Body,
    CaseBegin,
    CaseEnd,
    ClientExit,
    Crossed,
    Invoked,
    TextPlanned,
)
from midstream.harness.record.ops import Append, Op, Settle
from midstream.mock_server.core.journal import Entry
from tests.harness.helpers_history import (
    MESSAGE,
    RUN,
    TOKENS,
    TURN,
    begin,
    ended,
    message,
    noticed,
    path_fault,
    run,
    settled,
    status,
)
from tests.harness.helpers_wire import received

FORETOLD = TextPlanned(run=RUN, message=MESSAGE, part=0, texts=TOKENS)
LEFT = ended()
CUT = path_fault("cut")
START: tuple[Entry, ...] = (received(1, "add_message"), message(), received(2), run())


class Held:
    """A judge, and how often it wanted to hear everything."""

    def __init__(self, *turns: str, faults: tuple[ArmedFault, ...] = ()) -> None:
        case = begin(*faults, turns=turns or (TURN,)).case
        self.syncs = 0
        self.judge = StreamJudge(case, 1000, toxiproxy="2.12.0", sync=self._sync)

    def _sync(self) -> None:
        self.syncs += 1

    def bodies(self) -> list[Body]:
        """Return what was judged so far."""
        return [record.body for record in self.judge.records or ()]

    def hear(self, *entries: Entry, t_ns: int = 2000) -> None:
        """Hear what the server has journaled, at *t_ns*."""
        for entry in entries:
            self.judge.hear(t_ns, entry)

    def say(self, *ops: Op) -> None:
        """Say what the client tells."""
        for op in ops:
            self.judge.say(3000, op)

    def end(self, run_status: str = "completed") -> Judgement:
        """Let the client and the run end."""
        self.judge.leave(4000, LEFT)
        return self.judge.finish(5000, {RUN: run_status})


def shown(*texts: str) -> list[Append]:
    """Return a client's showing of *texts*."""
    return [Append(message=MESSAGE, text=text) for text in texts]


def test_it_begins_as_any_history_does() -> None:
    """The case comes first, then the user's first turn; times count from the begin."""
    held = Held()
    first, second = held.bodies()
    assert isinstance(first, CaseBegin)
    assert (first.toxiproxy, second) == ("2.12.0", Invoked(turn=0, text=TURN))
    held.hear(message())
    assert [r.t_ns for r in held.judge.records or ()] == [0, 0, 1000]


def test_what_is_shown_waits_for_what_came_before_it() -> None:
    """A client may be quicker than the journal; the truth is judged first anyway."""
    held = Held()
    (first,) = shown("alpha ")
    held.say(first)
    held.hear(*START, FORETOLD)
    assert held.bodies()[-1] == FORETOLD
    held.hear(status(), t_ns=3000)
    assert held.bodies()[-2:] == [first, status()]


def test_without_a_fault_a_bit_at_a_time_is_judged() -> None:
    """Where order matters little, nothing waits for what the server tells next."""
    held = Held()
    held.hear(*START, FORETOLD)
    ops = shown(*("alpha ",) * AT_ONCE)
    held.say(*ops[1:])
    assert held.bodies()[-1] == FORETOLD
    held.say(ops[0])
    assert held.bodies()[-AT_ONCE:] == ops
    assert held.syncs == 0


def test_with_a_fault_everything_waits_its_turn() -> None:
    """What struck, and what the client did then, are told apart by their order."""
    held = Held(faults=(CUT,))
    held.hear(*START, FORETOLD)
    held.say(*shown(*("alpha ",) * AT_ONCE))
    assert held.bodies()[-1] == FORETOLD


def test_a_turn_ends_when_all_was_heard() -> None:
    """The claim comes behind a sync, behind all that was held, before the next turn."""
    held = Held(TURN, "And then?")
    (first,) = shown("alpha ")
    held.say(first)
    assert held.syncs == 0
    held.say(settled())
    assert held.syncs == 1
    assert held.bodies()[-3:] == [
        first,
        settled(),
        Invoked(turn=1, text="And then?"),
    ]


def test_each_turn_waits_for_a_truth_of_its_own() -> None:
    """What the first turn foretold says nothing of the second."""
    held = Held(TURN, "And then?")
    held.hear(*START, FORETOLD)
    held.say(*shown(*TOKENS), settled())
    more = shown(*("more ",) * AT_ONCE)
    held.say(*more)
    assert more[0] not in held.bodies()
    held.hear(FORETOLD)
    held.say(*more[:1])
    assert held.bodies()[-1] == more[-1]


def test_a_client_that_leaves_is_judged_by_all_it_has_shown() -> None:
    """Nothing is held back behind its end, foretold or not."""
    held = Held()
    held.say(*shown("alpha "))
    judgement = held.end()
    assert held.bodies()[-3:] == [
        *shown("alpha "),
        LEFT,
        CaseEnd(runs={RUN: "completed"}),
    ]
    assert judgement.verdict is not Verdict.UNAFFECTED


def test_what_passes_the_tap_is_judged_in_its_turn() -> None:
    """It comes before what the server journaled later, and under its own name."""
    held = Held()
    crossed = Crossed(conn=1, way="down", size=3, total=3)
    held.judge.note(1500, "tap", crossed)
    held.hear(message())
    assert held.judge.records is not None
    before = held.judge.records[-2]
    assert (before.body, before.src, before.t_ns) == (crossed, "tap", 500)


def test_a_truth_that_never_comes_is_not_waited_for_without_end() -> None:
    """What is held back is bounded, whatever the server tells."""
    held = Held()
    held.say(*shown(*("alpha ",) * (MOST_HELD - 1)))
    assert held.bodies()[-1] == Invoked(turn=0, text=TURN)
    held.say(*shown("bravo "))
    assert held.judge.records is None  # judged, and more than is kept


CLIENTS: dict[str, tuple[Sequence[Op], Verdict]] = {
    "whole": ([*shown(*TOKENS), settled()], Verdict.UNAFFECTED),
    "truncated": ([*shown(*TOKENS[:2]), settled()], Verdict.SILENT_TRUNCATION),
    "doubled": ([*shown(*TOKENS, TOKENS[-1]), settled()], Verdict.DUPLICATED),
    "honest": (
        [*shown(*TOKENS[:2]), noticed(), settled("failed")],
        Verdict.DEGRADED_HONESTLY,
    ),
    "silent": ([settled()], Verdict.SILENT_TRUNCATION),
    "never settled": (shown(*TOKENS), Verdict.CRASHED),
}


@pytest.mark.parametrize("is_truth_first", [True, False])
@pytest.mark.parametrize(("ops", "verdict"), CLIENTS.values(), ids=CLIENTS)
def test_a_stored_history_is_judged_alike(
    ops: Sequence[Op],
    verdict: Verdict,
    is_truth_first: bool,
) -> None:
    """Whoever is quicker: the verdict is the same, live and judged again."""
    held, truth = Held(), (*START, FORETOLD, status())
    if is_truth_first:
        held.hear(*truth)
    before = [op for op in ops if not isinstance(op, Settle)]
    held.say(*before)
    if not is_truth_first:
        held.hear(*truth)
    held.say(*ops[len(before) :])
    live = held.end()
    assert held.judge.records is not None
    assert encode(judge(held.judge.records)) == encode(live)
    assert live.verdict is verdict


def test_a_long_history_is_judged_and_not_kept() -> None:
    """Beyond so many records none are kept; the judgement misses nothing."""
    texts = tuple(f" {number}" for number in range(KEPT_RECORDS))
    held = Held()
    held.hear(*START, TextPlanned(run=RUN, message=MESSAGE, part=0, texts=texts))
    held.say(*shown(*texts[:-1]), settled())
    assert held.judge.records is None
    held.hear(status())
    judgement = held.end()
    assert (judgement.verdict, judgement.tokens.lost) == (Verdict.SILENT_TRUNCATION, 1)


def test_a_history_of_just_so_many_records_is_kept() -> None:
    """The bound is the last length that can still be stored."""
    held = Held()
    there = len(held.bodies())
    held.hear(*[status()] * (KEPT_RECORDS - there))
    assert len(held.bodies()) == KEPT_RECORDS
    held.judge.leave(4000, ClientExit(how="returned"))
    assert held.judge.records is None
