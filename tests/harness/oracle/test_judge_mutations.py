"""The oracle on many generated histories: no false alarm, and no mistake missed."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.oracle.judge import judge
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.record.history import Record
from midstream.harness.record.ops import Claim
from tests.harness.helpers_history import (
    Item,
    answer,
    appended,
    final,
    history,
    message,
    noticed,
    replaced,
    retracted,
    run,
)
from tests.harness.helpers_mutations import (
    MUTATIONS,
    SETTINGS,
    Talk,
    cut,
    double,
    drop,
    garble,
    leak,
    restart,
    swap,
    talks,
)


def judged(talk: Talk, *shown: Item, claim: Claim = "complete") -> Verdict:
    """Return the verdict on an answer of which the client did *shown*."""
    records: list[Record] = history(*answer(*shown, tokens=talk.tokens, claim=claim))
    return judge(records).verdict


@SETTINGS
@given(talks(), st.data())
def test_a_whole_answer_is_no_alarm_however_it_is_cut(
    talk: Talk, data: st.DataObject
) -> None:
    """A client may show an answer in any pieces."""
    text = "".join(talk.tokens)
    places = st.lists(st.integers(0, len(text)), max_size=10)
    cuts = [0, *sorted(data.draw(places)), len(text)]
    pieces = [text[a:b] for a, b in pairwise(cuts)]
    assert judged(talk, appended(*pieces)) is Verdict.UNAFFECTED


@SETTINGS
@given(talks())
def test_a_partial_answer_honestly_failed_is_no_alarm(talk: Talk) -> None:
    """A client may stop anywhere, if it says so."""
    shown = appended(*talk.tokens[: talk.at])
    assert judged(talk, shown, noticed(), claim="failed") is Verdict.DEGRADED_HONESTLY


@SETTINGS
@given(talks(), st.text(min_size=1, max_size=5))
def test_a_mended_display_is_no_alarm(talk: Talk, wrong: str) -> None:
    """A client that mends what it showed, by either operation, has recovered."""
    first, rest = talk.tokens[: talk.at], talk.tokens[talk.at :]
    by_retract: list[Item] = [
        appended(*first, wrong),
        retracted(len(wrong)),
        appended(*rest),
    ]
    by_replace: list[Item] = [appended(*first, wrong), replaced("".join(talk.tokens))]
    for shown in (by_retract, by_replace):
        found = judged(talk, *shown)
        assert found in (Verdict.RECOVERED_BY_RESTART, Verdict.UNAFFECTED)


@pytest.mark.parametrize(
    ("mutate", "expected"),
    [
        (drop, Verdict.SILENT_TRUNCATION),
        (cut, Verdict.SILENT_TRUNCATION),
        (double, Verdict.DUPLICATED),
        (restart, Verdict.DUPLICATED),
        (swap, Verdict.REORDERED),
        (garble, Verdict.CORRUPTED),
        (leak, Verdict.CORRUPTED),
    ],
)
@pytest.mark.parametrize("is_final_right", [False, True])
@SETTINGS
@given(talk=talks())
def test_each_mistake_on_display_is_called_by_its_name(
    mutate: Callable[[Talk], list[str]],
    expected: Verdict,
    is_final_right: bool,  # a fixture's value, not a flag
    talk: Talk,
) -> None:
    """A mistake is found wherever it is, also if the final claim is right."""
    shown: list[Item] = [appended(*mutate(talk))]
    if is_final_right:
        shown.append(final(msg_1="".join(talk.tokens)))
    assert judged(talk, *shown) is expected


@pytest.mark.parametrize("mutate", MUTATIONS)
@SETTINGS
@given(talk=talks())
def test_a_mistake_in_the_final_text_alone_is_found(
    mutate: Callable[[Talk], list[str]], talk: Talk
) -> None:
    """A right display does not excuse a wrong final text."""
    shown: list[Item] = [appended(*talk.tokens), final(msg_1="".join(mutate(talk)))]
    assert judged(talk, *shown) is not Verdict.UNAFFECTED


@pytest.mark.parametrize("effect", [run(name="run_2"), message()])
@SETTINGS
@given(talk=talks())
def test_a_second_effect_is_found(effect: Item, talk: Talk) -> None:
    """A second run or message is found whatever the text was."""
    assert judged(talk, effect, appended(*talk.tokens)) is Verdict.DUPLICATE_EFFECT


@SETTINGS
@given(talks(), st.sampled_from(["mine", "chat-0", "msg_0"]))
def test_the_clients_own_names_do_not_matter(talk: Talk, name: str) -> None:
    """A client that does not know the server's ids is judged alike."""
    for mutate, expected in (
        (drop, Verdict.SILENT_TRUNCATION),
        (swap, Verdict.REORDERED),
    ):
        assert judged(talk, appended(*mutate(talk), message=name)) is expected
    assert judged(talk, appended(*talk.tokens, message=name)) is Verdict.UNAFFECTED


@SETTINGS
@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=12), st.data())
def test_repeats_never_hide_a_difference(
    tokens: list[str], data: st.DataObject
) -> None:
    """Where tokens repeat, a text that differs is still found, if not named exactly."""
    shown = data.draw(st.text("abc", max_size=14))
    talk, text = Talk(tuple(tokens), 1), "".join(tokens)
    found = judged(talk, appended(shown), claim="complete")
    assert (found is Verdict.UNAFFECTED) == (shown == text)
