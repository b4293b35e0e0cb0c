import json
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.mock_server.core.errors import CassetteError
from midstream.mock_server.dialects.openai_assistants.synthesis import (
    SOURCES,
    build,
    build_all,
)
from midstream.mock_server.dialects.openai_assistants.synthesis.tokens import (
    AmbiguousTokenError,
    cut,
    pieces,
    plain,
)
from midstream.mock_server.library import ROOT, load
from midstream.mock_server.recordings.cassette import Cassette
from tests.mock_server.helpers_cassettes import events_of, find

FOLDER = ROOT / "openai_assistants" / "cassettes"
NAMES = sorted(path.stem for path in SOURCES.glob("*.toml"))
ENDS = {
    "incomplete": ("incomplete", "max_tokens", "completed"),
    "failed": ("failed", "run_failed", "failed"),
    "cancelled": ("cancelled", "run_cancelled", "cancelled"),
    "expired": ("expired", "run_expired", "expired"),
}


def _load(name: str) -> Cassette:
    return load(f"openai_assistants/{name}")


def test_the_committed_files_are_what_the_sources_give(tmp_path: Path) -> None:
    """Writing all anew changes no byte, adds no file and leaves none out."""
    build_all(tmp_path)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert built == {path.name: path.read_bytes() for path in FOLDER.glob("*.jsonl")}


@pytest.mark.parametrize("name", NAMES)
def test_every_token_is_unique(name: str) -> None:
    """The oracle can tell loss, duplication and reordering from the tokens alone."""
    assert _load(name).has_unique_tokens


@pytest.mark.parametrize("name", NAMES)
def test_every_event_is_a_chunk_of_compact_json(name: str) -> None:
    """One event a chunk, no space after colon or comma, nothing escaped needlessly."""
    for stream in _load(name).streams():
        assert len(stream.chunks) == len(stream.events())
        for event in stream.events()[:-1]:
            value = json.loads(event.data)
            compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            assert event.data == compact


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("short_answer", 20, 30),
        ("long_answer", 400, 1000),
        ("long_table", 100, 200),
        ("empty_answer", 0, 0),
    ],
)
def test_answers_have_the_length_they_promise(name: str, least: int, most: int) -> None:
    """Scenarios count on there being enough deltas to strike at."""
    assert least <= len(_load(name).tokens) <= most


def test_the_pace_is_that_of_a_real_stream() -> None:
    """The queue, the first token and each further one take their usual time."""
    events = _load("short_answer").streams()[0].events()
    tokens = [e.t for e in events if e.name == "thread.message.delta"]
    gaps_s = [round(b - a, 3) for a, b in pairwise(tokens)]
    assert 0.15 <= events[0].t <= 0.25
    assert 0.4 <= tokens[0] <= 0.7
    assert 0.02 <= min(gaps_s) < max(gaps_s) <= 0.04
    assert 1.0 <= events[-1].t <= 1.5


def test_a_plain_answer_has_the_recorded_order_of_events() -> None:
    """As in the recordings of a text answer."""
    names = [name.removeprefix("thread.") for name, _ in events_of("short_answer")]
    order = (
        "run.created run.queued run.in_progress run.step.created run.step.in_progress "
        "message.created message.in_progress message.delta message.completed "
        "run.step.completed run.completed done"
    )
    assert list(dict.fromkeys(names)) == order.split()


def test_function_calls_go_on_in_a_second_act() -> None:
    """The step of the first stream is completed at the head of the second."""
    first, second = events_of("function_tool", 0), events_of("function_tool", 1)
    heads = [name.removeprefix("thread.run.") for name, _ in second[:3]]
    assert first[-2][0] == "thread.run.requires_action"
    assert heads == ["step.completed", "queued", "in_progress"]
    assert second[0][1]["id"] == first[find(first, "thread.run.step.created")][1]["id"]


def test_submitted_outputs_are_those_of_the_completed_step() -> None:
    """Request and events of the second stream agree, call by call."""
    request = _load("parallel_tools").exchanges[1].request or {}
    step = events_of("parallel_tools", 1)[0][1]["step_details"]
    shown = {call["id"]: call["function"]["output"] for call in step["tool_calls"]}
    sent: Any = request["tool_outputs"]
    assert {out["tool_call_id"]: out["output"] for out in sent} == shown
    assert len(shown) == 3


def test_arguments_arrive_in_fragments() -> None:
    """Each call has its name first, then several pieces of its arguments."""
    deltas = [data for name, data in events_of("parallel_tools") if "delta" in name]
    calls = [data["delta"]["step_details"]["tool_calls"][0] for data in deltas]
    counts = [sum(call["index"] == index for call in calls) for index in range(3)]
    assert min(counts) >= 4
    assert [call["index"] for call in calls] == sorted(call["index"] for call in calls)


@pytest.mark.parametrize(("name", "end"), ENDS.items(), ids=ENDS.keys())
def test_an_answer_cut_short_says_why(name: str, end: tuple[str, str, str]) -> None:
    """Message, step and run end in this order, each with its own status."""
    status, reason, step = end
    message, ended, run = events_of(name)[-4:-1]
    assert message[1]["incomplete_details"] == {"reason": reason}
    assert ended[0] == f"thread.run.step.{step}"
    assert (run[0], run[1]["status"]) == (f"thread.run.{status}", status)
    assert (run[1]["last_error"] is not None) == (name == "failed")


def test_a_run_expires_when_it_said_it_would() -> None:
    """Ten minutes after its creation, though the recording does not wait that long."""
    events = events_of("expired")
    step = events[find(events, "thread.run.step.expired")][1]
    assert step["expired_at"] == events[0][1]["expires_at"]
    assert _load("expired").streams()[0].chunks[-1].t < 2


@pytest.mark.parametrize("name", NAMES)
def test_usage_of_a_run_is_the_sum_over_its_steps(name: str) -> None:
    """As recorded; and the tokens of its messages are among them."""
    streams = range(len(_load(name).streams()))
    events = [event for stream in streams for event in events_of(name, stream)]
    ended = {d["id"]: d for n, d in events if ".step." in n and d.get("usage")}
    total = sum(step["usage"]["completion_tokens"] for step in ended.values())
    assert events[-2][1]["usage"]["completion_tokens"] == total
    assert total >= len(_load(name).tokens)


CUTS = {
    "an emoji family": lambda a, b: a.endswith("\u200d") or b.startswith("\u200d"),
    "a skin tone": lambda _, b: b[0] in "🏽🏿",
    "a flag": lambda a, b: a[-1] == "🇮" and b[0] == "🇸",
    "a keycap": lambda a, b: a[-1] == "7" and b[0] == "\ufe0f",
    "a letter and its accent": lambda _, b: unicodedata.combining(b[0]),
    "an Arabic word": lambda a, b: (
        {unicodedata.bidirectional(a[-1])}
        == {unicodedata.bidirectional(b[0])}
        == {"AL"}
    ),
    "a CJK word": lambda a, b: a[-1] == "日" or "一" <= a[-1] <= b[0] <= "鿿",
}


@pytest.mark.parametrize("inside", CUTS.values(), ids=CUTS.keys())
def test_multilingual_tokens_are_cut_where_it_hurts(inside: Any) -> None:  # noqa: ANN401
    """Each kind of thing that looks like one character arrives in two deltas."""
    tokens = _load("multilingual").tokens
    assert any(inside(a, b) for a, b in pairwise(tokens))


@given(st.text(), st.integers(0, 9))
def test_pieces_add_up(text: str, chars: int) -> None:
    """Nothing is lost between the pieces, whatever the script."""
    assert "".join(pieces(text, chars)) == text


@given(st.text("ab .¦\n", max_size=40), st.integers(0, 4))
def test_tokens_are_unique_or_refused(text: str, chars: int) -> None:
    """Cutting gives the whole text in tokens that occur once, or says it cannot."""
    whole = plain(text)
    try:
        tokens = cut(text, whole, chars)
    except AmbiguousTokenError:
        return
    assert "".join(tokens) == whole
    assert all(whole.find(token) == whole.rfind(token) for token in tokens)


def test_a_token_grows_until_it_is_unique() -> None:
    """The first piece of "ab abc" is not unique; what is left over joins the last."""
    assert cut("ab abc", "ab abc", 2) == ["ab ab", "c"]
    assert cut("xyx", "xyx", 1) == ["xyx"]


def test_a_token_may_be_a_line() -> None:
    """A service that looks at what it says before it sends it says more at once."""
    assert cut("one two\nthree\nfour", "one two\nthree\nfour", 0) == [
        "one two\n",
        "three\n",
        "four",
    ]


def test_a_source_whose_text_repeats_is_refused(tmp_path: Path) -> None:
    """The author has to word it differently, and is told where."""
    text = (SOURCES / "two_messages.toml").read_text(encoding="utf-8")
    first = text.index("Let me consider")
    broken = text[:first] + "Walk¦" + text[first:]
    path = tmp_path / "bad.toml"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(CassetteError, match=r"bad\.toml: 'Walk' occurs more than once"):
        build(path)


@pytest.mark.parametrize("line", ["sead = 1", "seed = 'x'", "[", "end = 'bored'"])
def test_a_mistake_in_a_source_is_told(tmp_path: Path, line: str) -> None:
    """Unknown keys, wrong types and bad TOML name the file."""
    path = tmp_path / "bad.toml"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(CassetteError, match=r"bad\.toml: "):
        build(path)
