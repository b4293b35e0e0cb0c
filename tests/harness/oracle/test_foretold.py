"""A run's tokens are judged alike, made known all at once or one by one."""

import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.oracle.judge import Oracle, judge
from midstream.harness.oracle.projections.known import Known
from midstream.harness.oracle.projections.truth import Truth
from midstream.harness.oracle.projections.turns import Turns
from midstream.harness.oracle.verdict import Judgement, Status, Verdict
from midstream.harness.record.dispatch import Dispatcher
from midstream.harness.record.history import (
    Body,
    Committed,
    Record,
    TextDropped,
    TextPlanned,
)
from midstream.harness.record.ops import Append
from tests.harness.helpers_history import (
    MESSAGE,
    RUN,
    Item,
    answer,
    appended,
    begin,
    feed,
    final,
    history,
    invoked,
    raised,
    replaced,
    retracted,
    told,
)
from tests.harness.helpers_mutations import MUTATIONS, SETTINGS, Talk, talks

PARTS = ((MESSAGE, 0), (MESSAGE, 1), ("msg_2", 0))
NAMES = ("msg_1", "msg_2", "mine", "other")
TOKENS = st.lists(st.text("ab ", max_size=3), max_size=6)
OPS = st.lists(
    st.one_of(
        st.builds(appended, st.text("ab ", max_size=6), message=st.sampled_from(NAMES)),
        st.builds(replaced, st.text("ab ", max_size=8), st.sampled_from(NAMES)),
        st.builds(retracted, st.integers(0, 6), st.sampled_from(NAMES)),
    ),
    max_size=8,
)


def foretold(
    *texts: str, message: str = MESSAGE, part: int = 0, run: str = RUN
) -> TextPlanned:
    """Return what a run will say, all at once."""
    return TextPlanned(run=run, message=message, part=part, texts=texts)


def unsaid(count: int, message: str = MESSAGE, part: int = 0) -> TextDropped:
    """Return the run's being cut short."""
    return TextDropped(run=RUN, message=message, part=part, count=count)


def foretelling(records: Iterable[Record]) -> list[Record]:
    """Return the same history with all that is said foretold as the run is made."""
    texts: dict[tuple[str, int], list[str]] = {}
    bodies: list[Body] = []
    for record in records:
        if isinstance(record.body, TextPlanned):
            said = record.body
            texts.setdefault((said.message, said.part), []).extend(said.texts)
        else:
            bodies.append(record.body)
    made = [isinstance(b, Committed) and b.what == "run" for b in bodies].index(True)
    all_at_once = [foretold(*t, message=m, part=p) for (m, p), t in texts.items()]
    return history(*bodies[: made + 1], *all_at_once, *bodies[made + 1 :])


def essence(judged: Judgement) -> tuple[Any, ...]:
    """Return all of a judgement but its words, record numbers and times."""
    findings = [(f.code, f.status, f.verdict, f.subtype) for f in judged.findings]
    text = (judged.live, judged.final, judged.flicker, judged.tokens)
    return judged.verdict, judged.grade, findings, text


@pytest.mark.parametrize("is_final_right", [None, True, False])
@pytest.mark.parametrize("mutate", MUTATIONS)
@SETTINGS
@given(talk=talks())
def test_every_mistake_is_found_in_what_was_foretold(
    mutate: Callable[[Talk], list[str]],
    is_final_right: bool | None,  # a fixture's value, not a flag
    talk: Talk,
) -> None:
    """Told or foretold: the verdict, every finding and every number are the same."""
    right, wrong = "".join(talk.tokens), "".join(mutate(talk))
    last = [final(msg_1=right if is_final_right else wrong)]
    shown: list[Item] = [
        appended(*mutate(talk)),
        *(last if is_final_right is not None else []),
    ]
    records = history(*answer(*shown, tokens=talk.tokens))
    assert essence(judge(foretelling(records))) == essence(judge(records))


@SETTINGS
@given(st.tuples(TOKENS, TOKENS, TOKENS), OPS, st.sampled_from(["completed", "failed"]))
def test_whatever_the_client_does_foretold_is_told(
    texts: tuple[list[str], ...], ops: list[Item], status: str
) -> None:
    """Several parts, tokens that repeat or are empty, any operations: no difference."""
    said = [
        body
        for (message, part), of in zip(PARTS, texts, strict=True)
        for body in told(*of, message=message, part=part)
    ]
    records = history(*answer(said, *ops, tokens=(), run_status=status))
    assert essence(judge(foretelling(records))) == essence(judge(records))


@SETTINGS
@given(TOKENS, st.data(), OPS)
def test_what_was_unsaid_was_never_said(
    texts: list[str], data: st.DataObject, ops: list[Item]
) -> None:
    """A run that is cut short is judged by what it had said, and shown, by then."""
    said = data.draw(st.integers(0, len(texts)))
    before = appended(*texts[: data.draw(st.integers(0, said))], message="mine")
    plain = [*told(*texts[:said]), *before]
    taken_back = [foretold(*texts), *before, unsaid(len(texts) - said)]
    judged = [
        judge(history(*answer(items, *ops, tokens=(), run_status="cancelled")))
        for items in (plain, taken_back)
    ]
    assert essence(judged[1]) == essence(judged[0])


def test_text_shown_before_it_was_unsaid_is_wrong_from_then_on() -> None:
    """A client that shows more than was said in the end has made it up."""
    shown = [foretold("a ", "b ", "c "), *appended("a ", "b "), unsaid(2)]
    judged = judge(history(*answer(shown, tokens=())))
    assert judged.verdict is Verdict.CORRUPTED


def test_tokens_add_up_in_the_order_of_the_records() -> None:
    """One by one or several at once, each record goes on where the last one ended."""
    shown = [*told("a "), foretold("b ", "c "), *told("d "), foretold("e ")]
    whole = appended("a b c d e ")
    assert judge(history(*answer(shown, whole, tokens=()))).live == "equal"


CONTRADICTIONS: dict[str, list[Body]] = {
    "never foretold": [unsaid(1)],
    "of another part": [foretold("a "), unsaid(1, part=1)],
    "not so much": [foretold("a "), unsaid(2)],
    "more than was foretold last": [foretold("a ", "b "), *told("c "), unsaid(2)],
    "unsaid twice": [foretold("a ", "b "), unsaid(1), unsaid(1)],
}


@pytest.mark.parametrize("said", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_journal_that_contradicts_itself_is_our_mistake(said: list[Body]) -> None:
    """What was not foretold last cannot be unsaid; there is no verdict on a client."""
    judged = judge(history(*answer(said, *appended("a "), tokens=())))
    assert judged.verdict is Verdict.INCONCLUSIVE
    (lost,) = (f for f in judged.findings if f.code == "I1")
    assert (lost.status, "not planned" in lost.message) == (Status.UNKNOWN, True)


def test_the_truth_is_shared_and_not_copied() -> None:
    """All streams of a cassette look at one tuple."""
    dispatcher, truth, foreseen = (
        Dispatcher(),
        Truth(Turns(), Known()),
        foretold("a ", "b "),
    )
    dispatcher.join(truth.handlers(), raised)
    feed(dispatcher, foreseen)
    assert truth.said[MESSAGE, 0] is foreseen.texts


def test_a_right_answer_needs_no_memory_however_long() -> None:
    """What is held does not grow with the tokens that are shown rightly."""
    texts = tuple(f" {n}" for n in range(20_000))
    start = history(begin(), invoked(), foretold(*texts))
    oracle = Oracle(begin().case)
    for record in start:
        oracle.feed(record)
    tracemalloc.start()
    for seq, text in enumerate(texts, start=len(start)):
        body = Append(message=MESSAGE, text=text)
        oracle.feed(Record(seq=seq, t_ns=seq, src="client", body=body))
    held_bytes, _ = tracemalloc.get_traced_memory()
    judged = oracle.finish()
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert judged.tokens.shown == len(texts)
    assert held_bytes < len(texts)  # less than a byte a token: an int alone takes 28
    assert most_bytes < 5 * len("".join(texts))  # the text itself, a few times
