import msgspec
import pytest

from midstream.harness.load.metrics.health import ProcessSample, assess
from midstream.harness.load.metrics.share import Share
from midstream.harness.load.metrics.worker_reports import Loss

WELL = (
    ProcessSample(process="server 1", role="server", at_s=0, send_lag_p99_s=0.002),
    ProcessSample(process="worker 1", role="worker", at_s=0, loop_lag_p99_s=0.004),
)


def sampled(role: str, name: str, *values: float | None) -> list[ProcessSample]:
    """Return a healthy rig and one more process, of which *name* was so each second."""
    rows = [
        {"process": f"{role} 9", "role": role, "at_s": at, "lag_max_s": 0.0}
        | {name: value}
        for at, value in enumerate(values)
    ]
    return [*WELL, *msgspec.convert(rows, list[ProcessSample])]


def test_a_healthy_rig_ails_nothing() -> None:
    """Lags and loads below their limits leave the result alone."""
    busy = sampled("toxiproxy", "cpu_percent", 80.0, 89.0, 90.0)
    assert assess(busy, no_verdict=Share(5, 100)) == []


@pytest.mark.parametrize(
    ("name", "limit"),
    [("send_lag_p99_s", 0.02), ("loop_lag_p99_s", 0.05), ("cpu_percent", 90.0)],
)
def test_a_limit_may_be_reached(name: str, limit: float) -> None:
    """What lies at the limit is borne, and a little more is not."""
    assert assess(sampled("server", name, limit, limit, limit)) == []
    more = limit * 1.01
    assert len(assess(sampled("server", name, more, more, more))) == 1


BAD = {
    "a server that sends late": ("server", "send_lag_p99_s", 0.031, "send_lag"),
    "a worker that wakes up late": ("worker", "loop_lag_p99_s", 0.2, "loop_lag"),
    "a server that is busy": ("server", "cpu_percent", 97.0, "cpu"),
    "a worker that is busy": ("worker", "cpu_percent", 97.0, "cpu"),
    "a master that is busy": ("master", "cpu_percent", 97.0, "cpu"),
    "a Toxiproxy that is busy": ("toxiproxy", "cpu_percent", 97.0, "cpu"),
}


@pytest.mark.parametrize(("role", "name", "value", "kind"), BAD.values(), ids=BAD)
def test_a_problem_that_lasts_is_found(
    role: str, name: str, value: float, kind: str
) -> None:
    """Three bad samples in a row are named, with number, limit and remedy."""
    samples = sampled(role, name, 0.0, value, value, value, 0.0)
    (found,) = assess(samples)
    assert (found.kind, found.who) == (kind, f"{role} 9")
    assert "the limit is" in found.message
    assert found.remedy


@pytest.mark.parametrize("name", ["send_lag_p99_s", "loop_lag_p99_s", "cpu_percent"])
def test_what_passes_is_none(name: str) -> None:
    """Bad samples with good ones between them are a start, or a neighbour."""
    bad = sampled("server", name, 99.0, 99.0, 0.0, 99.0, 99.0, None, 0.0)
    assert assess(bad) == []


@pytest.mark.parametrize("role", ["server", "worker", "master"])
def test_who_stands_still_does_not_pass(role: str) -> None:
    """Once is enough, among however many good samples: it was late for all at once."""
    samples = sampled(role, "lag_max_s", 0.0, 0.0, 6.5, 0.0, 0.0)
    (found,) = assess(samples)
    assert (found.kind, found.who) == ("standstill", f"{role} 9")
    assert found.message.startswith(f"{role} 9 ")
    assert "6.5 s" in found.message
    assert found.message.endswith(" 1 s")


@pytest.mark.parametrize("role", ["server", "worker", "master"])
def test_a_busy_moment_is_no_standstill(role: str) -> None:
    """What is late by a moment now and then, at worst, is only busy."""
    assert assess(sampled(role, "lag_max_s", 0.13, 1.0, None, 0.5, 0.13)) == []


@pytest.mark.parametrize("role", ["server", "toxiproxy"])
def test_who_does_not_answer_is_not_well(role: str) -> None:
    """One question without an answer is enough, and said once."""
    (found,) = assess(sampled(role, "is_silent", False, True, True, False))
    assert (found.kind, found.who) == ("no_answer", f"{role} 9")


def test_a_short_run_is_judged_by_what_there_is() -> None:
    """One sample, and a bad one: nobody can say that it was better otherwise."""
    (found,) = assess(sampled("server", "send_lag_p99_s", 0.5))
    assert found.message.startswith("server 9 ")
    assert "500 ms" in found.message
    assert found.message.endswith(" 20 ms")


def test_samples_may_come_in_any_order() -> None:
    """What was in a row is told by the times."""
    samples = sampled("server", "send_lag_p99_s", 0.5, 0.0, 0.5, 0.0, 0.5)
    samples.sort(key=lambda sample: sample.send_lag_p99_s or 0.0)
    assert assess(samples) == []


def test_a_process_with_many_threads_may_use_many_cores() -> None:
    """How busy one is, is of all that it can use."""
    many = [
        ProcessSample(
            process="t", role="toxiproxy", at_s=at, cpu_percent=150.0, cores=2
        )
        for at in range(4)
    ]
    assert assess([*WELL, *many]) == []


def test_what_nobody_looked_at_is_not_healthy() -> None:
    """Without a lag of servers and of load generators there is no clean bill."""
    kinds = [(found.kind, found.who) for found in assess([])]
    assert kinds == [
        ("unwatched", "the servers' send lag"),
        ("unwatched", "the load generators' loop lag"),
    ]


@pytest.mark.parametrize(
    ("watched", "lacking"), [(WELL[0], "loop lag"), (WELL[1], "send lag")]
)
def test_each_kind_of_lag_has_to_be_watched(
    watched: ProcessSample, lacking: str
) -> None:
    """Healthy servers say nothing of the load generators, and the other way round."""
    (found,) = assess([watched])
    assert found.kind == "unwatched"
    assert lacking in found.message


@pytest.mark.parametrize("role", ["server", "worker"])
def test_each_process_has_to_be_watched(role: str) -> None:
    """That others are healthy says nothing of one that nobody looked at."""
    (found,) = assess(sampled(role, "lag_max_s", None, None))
    assert found.kind == "unwatched"
    assert f"of {role} 9" in found.who


def test_an_idle_server_was_watched_all_the_same() -> None:
    """Nothing was due there, so nothing was late; it told of itself."""
    assert assess(sampled("server", "send_lag_p99_s", None, None)) == []


def test_what_was_lost_is_a_problem() -> None:
    """Reports and workers that went missing are named."""
    found = assess(
        list(WELL),
        missing=[Loss("w2", "report 3 of 9 did not arrive")],
        lost_workers=["w1"],
    )
    assert [(f.kind, f.who) for f in found] == [
        ("lost_worker", "w1"),
        ("lost_report", "w2"),
    ]
    assert found[1].message == "w2: report 3 of 9 did not arrive"


def test_too_many_streams_without_a_verdict_are_a_problem() -> None:
    """Six of a hundred could have changed the shares."""
    (found,) = assess(list(WELL), no_verdict=Share(6, 100))
    assert "6 of 100 streams (6.0 %)" in found.message
    assert found.message.endswith(" 5 %")
