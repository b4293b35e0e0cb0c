from pathlib import Path

import msgspec
import pytest

from midstream.harness.load.errors import StormError
from midstream.harness.load.storm import storm_file
from midstream.harness.load.storm.schedule import shortest_s
from midstream.harness.load.storm.storm import Storm
from midstream.harness.load.storm.storm_check import expect_of
from midstream.mock_server import library
from midstream.mock_server.core.errors import UnknownNameError

GOOD = """
description = "Weather."
cassettes = ["openai_assistants/short_answer"]
[[phases]]
name = "one"
"""
FAULT = '[[phases.faults]]\npart = 0.5\nkind = "stall"\n'
CUT = '[[phases.faults]]\npart = 0.5\nkind = "cut"\n'
PATH = "[[phases.path]]\n"
OUTAGE = "[[phases.outages]]\n"
READY = {
    "steady",
    "commuter_train",
    "deploy_in_the_middle",
    "cloudflare_idle",
    "thundering_herd",
}


def written(folder: Path, text: str) -> Path:
    """Write a storm file of the user's own."""
    path = folder / "my_storm.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_ready_storms_are_there() -> None:
    """The five that the documentation promises can be had by name."""
    assert set(storm_file.names()) == READY


@pytest.mark.parametrize("name", sorted(READY))
def test_a_ready_storm_fits_half_a_minute(name: str) -> None:
    """Each loads, every name in it means something, and 30 seconds are enough."""
    storm = storm_file.load(name)
    assert storm.name == name
    assert shortest_s(storm) <= 30


def test_good_weather_needs_no_toxiproxy() -> None:
    """Only a storm that does something to the path asks for Toxiproxy."""
    needy = {name for name in READY if storm_file.load(name).needs_toxiproxy}
    assert needy == {"commuter_train", "deploy_in_the_middle", "thundering_herd"}


def test_a_users_storm_finds_its_own_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside itself, from whatever folder; if it has none, it says where it looked."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    name = "openai_assistants/short_answer"
    path = written(tmp_path, GOOD.replace(name, "own.jsonl"))
    with pytest.raises(StormError, match=r"no own\.jsonl in") as raised:
        storm_file.load(path)
    for part in (path, tmp_path, tmp_path / "elsewhere"):
        assert str(part) in str(raised.value)
    shipped = library.ROOT / "openai_assistants/cassettes/short_answer.jsonl"
    own = path.with_name("own.jsonl")
    own.write_bytes(shipped.read_bytes())
    assert storm_file.load(path).cassettes == (str(own),)


def test_a_users_file_is_called_by_its_name(tmp_path: Path) -> None:
    """What a file leaves out is one turn at recorded pace, in a closed loop."""
    storm = storm_file.load(str(written(tmp_path, GOOD)))
    assert (storm.name, storm.workload, storm.speed) == ("my_storm", "single_turn", 1.0)
    assert (storm.phases[0].users, storm.phases[0].arrival) == (1.0, "closed")
    assert expect_of(storm).ok == ("RECOVERED", "UNAFFECTED")


def test_a_storm_says_what_passes(tmp_path: Path) -> None:
    """The verdicts it names replace the usual ones, each list for itself."""
    text = GOOD.replace("[[phases]]", 'expect.ok = ["UNAFFECTED"]\n[[phases]]')
    expect = expect_of(storm_file.load(written(tmp_path, text)))
    assert expect.ok == ("UNAFFECTED",)
    assert "DEGRADED_HONESTLY" in expect.non_strict


def test_a_name_that_is_none_is_answered_with_the_nearest() -> None:
    """A storm misspelt is no reason to look for it."""
    with pytest.raises(UnknownNameError, match="did you mean 'commuter_train'"):
        storm_file.load("comuter_train")


def test_all_there_is_may_be_used(tmp_path: Path) -> None:
    """Parts and groups may add up to one, and the last event may be struck."""
    faults = 2 * FAULT + 'at = { event = "thread.message.delta", nth = [1, 22] }\n'
    halves = 2 * (PATH + "latency_ms = 5\ngroup = 0.5\n")
    (phase,) = storm_file.load(written(tmp_path, GOOD + faults + halves)).phases
    assert (len(phase.faults), len(phase.path)) == (2, 2)


def test_a_range_may_begin_where_it_ends(tmp_path: Path) -> None:
    """One number in two places is no mistake, if an odd way to say it."""
    text = GOOD + FAULT + "args.seconds = [1, 1]"
    assert storm_file.load(written(tmp_path, text)).phases[0].faults


MISTAKES = {
    "not TOML": ("\na = x", ["not TOML", "line 2"]),
    "a name inside": ('name = "x"\n' + GOOD, ["$.name", "remove this line"]),
    "no phase": (GOOD.partition("[[")[0] + "phases = []", ["$.phases", ">= 1"]),
    "a field misspelt": (GOOD + "shere = 2", ["$.phases[0]", "did you mean 'share'?"]),
    "a cassette that is none": (
        GOOD.replace("short_answer", "short_anser"),
        ["$.cassettes[0]", "did you mean 'openai_assistants/short_answer'?"],
    ),
    "a workload that is none": (
        'workload = "single_tern"' + GOOD,
        ["$.workload", "did you mean 'single_turn'?"],
    ),
    "a verdict that is none": (
        GOOD.replace("[[phases]]", 'expect.ok = ["RECOVERD"]\n[[phases]]'),
        ["$.expect", "did you mean 'RECOVERED'?"],
    ),
    "two phases of one name": (
        GOOD + '[[phases]]\nname = "one"',
        ["$.phases[1].name", "$.phases[0]"],
    ),
    "nobody there": (GOOD + "users = 0", ["$.phases", "users = 1.0"]),
    "more than all users": (GOOD + "users = 1.5", ["$.phases[0].users", "<= 1"]),
    "no time": (GOOD + "share = 0", ["$.phases[0].share", "> 0"]),
    "time without end": (GOOD + "share = inf", ["$.phases[0].share", "<= 1000"]),
    "no number": (GOOD + "share = nan", ["$.phases[0].share", "> 0"]),
    "an arrival that is none": (
        GOOD + 'arrival = "open"',
        ["$.phases[0].arrival", "one of: closed"],
    ),
    "nobody ever arrives": (
        GOOD + "arrival.rate_per_s = 0",
        ["$.phases[0].arrival.rate_per_s", "> 0"],
    ),
    "an outage of no length": (
        GOOD + OUTAGE + "for_s = 0",
        ["$.phases[0].outages[0].for_s", "> 0"],
    ),
    "an outage behind its phase": (
        GOOD + OUTAGE + "for_s = 1\nafter = 1.0",
        ["$.phases[0].outages[0].after", "< 1"],
    ),
    "an outage of two kinds": (
        GOOD + OUTAGE + "for_s = 1\ngroup = 0.5\nrolling = 2",
        ["$.phases[0].outages[0]", "exclude each other"],
    ),
    "a path like any other": (GOOD + PATH, ["$.phases[0].path[0]", "latency_ms"]),
    "a toxic that is none": (
        GOOD + PATH + "latncy_ms = 5",
        ["$.phases[0].path[0]", "did you mean 'latency_ms'?"],
    ),
    "jitter of nothing": (
        GOOD + PATH + "jitter_ms = 5\nslice_bytes = 9",
        ["$.phases[0].path[0].jitter_ms", "latency_ms"],
    ),
    "bytes from the future": (
        GOOD + PATH + "latency_ms = 5\njitter_ms = 5",
        ["$.phases[0].path[0].jitter_ms", "5 must be below latency_ms"],
    ),
    "more than Toxiproxy bears": (
        GOOD + PATH + "latency_ms = 700000",
        ["$.phases[0].path[0]", "from 1 to 600000"],
    ),
    "more than Toxiproxy bears for some": (
        GOOD + PATH + "latency_ms = 599990\njitter_ms = 20",
        ["$.phases[0].path[0]", "600010", "from 1 to 600000"],
    ),
    "groups of more than all": (
        GOOD + 2 * (PATH + "latency_ms = 5\ngroup = 0.6\n"),
        ["$.phases[0].path", "add up to 1.2"],
    ),
}
FAULTY = {
    "a fault that is none": (
        FAULT.replace("stall", "stal"),
        ["$.phases[0].faults[0].kind", "did you mean 'stall'?"],
    ),
    "a part of nothing": (
        FAULT.replace("0.5", "0"),
        ["$.phases[0].faults[0].part", "> 0"],
    ),
    "parts of more than all": (3 * FAULT, ["$.phases[0].faults", "add up to 1.5"]),
    "an event that is none": (
        FAULT + 'at.event = "thread.mesage.delta"',
        ["faults[0].at.event", "did you mean 'thread.message.delta'?"],
    ),
    "an event that never comes": (
        FAULT + 'at = { event = "thread.message.delta", nth = [1, 90] }',
        ["faults[0].at.nth", "90 is never reached", "has 22 events"],
    ),
    "compressing behind the head": (
        FAULT.replace("stall", "compress") + 'at.event = "done"',
        ["$.phases[0].faults[0]: compress changes the head"],
    ),
    "a range backwards": (
        FAULT + 'at = { event = "done", byte = [9, 3] }',
        ["faults[0].at.byte", "write [3, 9]"],
    ),
    "a range of three": (
        FAULT + 'at = { event = "done", nth = [1, 2, 3] }',
        ["faults[0].at.nth", "length <= 2"],
    ),
    "a place misspelt": (FAULT + "at.bite = 3", ["did you mean 'byte'?"]),
    "a setting misspelt": (
        FAULT + "args.secons = 3",
        ["faults[0].args", "did you mean 'seconds'?"],
    ),
    "a range in words": (
        FAULT + 'args.seconds = ["a", "b"]',
        ["faults[0].args.seconds", "[low, high]"],
    ),
    "a setting's range backwards": (
        FAULT + "args.seconds = [3, 1.5]",
        ["faults[0].args.seconds", "write [1.5, 3]"],
    ),
    "a range whose low end is impossible": (
        FAULT + "args.seconds = [-1, 1]",
        ["faults[0].args", "0 (for good) or more"],
    ),
    "a cut without a place": (CUT, ["faults[0].args", "`bytes`"]),
    "a cut of a position": (
        CUT + 'at.event = "done"\nargs.bytes = 9',
        ["faults[0].at", "counts bytes"],
    ),
    "a cut before the first byte": (
        CUT + "args.bytes = [-5, 9]",
        ["faults[0].args", "whole number from 0"],
    ),
    "a cut with another end": (
        CUT + 'args = { bytes = 9, end = "syn" }',
        ["faults[0].args.end", "one of: fin, rst"],
    ),
}
ALL = MISTAKES | {name: (GOOD + text, said) for name, (text, said) in FAULTY.items()}


@pytest.mark.parametrize(("text", "said"), ALL.values(), ids=ALL)
def test_a_mistake_is_named_with_its_place(
    text: str, said: list[str], tmp_path: Path
) -> None:
    """The message names the file, the place in it, and what would be right."""
    path = written(tmp_path, text)
    with pytest.raises(StormError) as caught:
        storm_file.load(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert [word for word in said if word not in message] == []


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """The message names the file and the reason."""
    with pytest.raises(StormError, match="cannot be read: No such file"):
        storm_file.load(tmp_path / "none.toml")


@pytest.mark.parametrize("name", sorted(READY))
def test_a_storm_is_the_same_on_another_machine(name: str) -> None:
    """A master sends it to its workers as JSON, ranges included."""
    storm = storm_file.load(name)
    assert msgspec.json.decode(msgspec.json.encode(storm), type=Storm) == storm
    assert [storm.phase(phase.name) for phase in storm.phases] == list(storm.phases)
