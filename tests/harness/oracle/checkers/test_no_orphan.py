from midstream.harness.oracle.verdict import Finding, Status, Verdict
from tests.harness.helpers_history import answer, check, invoked, noticed, over
from tests.harness.oracle.helpers_findings import says


def test_ended_runs_hold() -> None:
    """A run that has ended is no orphan."""
    assert check("no_orphan", *answer()) == Finding(
        invariant="no_orphan",
        code="I18",
        status=Status.HOLDS,
        message=says(),
        evidence=(14,),
    )


def test_a_run_left_behind_is_violated() -> None:
    """A run that is left half-way, of a turn called complete, is an orphan."""
    assert check("no_orphan", *answer(run_status="requires_action")) == Finding(
        invariant="no_orphan",
        code="I18",
        status=Status.VIOLATED,
        verdict=Verdict.ORPHANED,
        message=says("run_1", "'requires_action'"),
        evidence=(6, 14),
    )


def test_no_run_is_unknown() -> None:
    """Without a run, or an end, there is no orphan to look for."""
    assert check("no_orphan", invoked()).status is Status.UNKNOWN


def test_a_run_left_and_owned_up_to_holds() -> None:
    """A client that gives up, and says so, may leave a run."""
    history = answer(noticed(), claim="failed", run_status="in_progress")
    found = check("no_orphan", *history)
    assert found.message == says("1 of 1")


def test_a_run_left_without_a_word_is_violated() -> None:
    """A failure the user was not told of does not excuse a run left behind."""
    history = answer(claim="failed", run_status="in_progress")
    assert check("no_orphan", *history).verdict is Verdict.ORPHANED


def test_a_run_nobody_settled_is_violated() -> None:
    """A run left by a client that never settled is an orphan."""
    history = (invoked(), over(run_1="in_progress"))
    assert check("no_orphan", *history).verdict is Verdict.ORPHANED


def test_a_client_of_level_0_owns_up_by_its_claim() -> None:
    """What else it told its user cannot be seen."""
    history = answer(claim="failed", run_status="in_progress", level=0)
    assert check("no_orphan", *history).status is Status.HOLDS
