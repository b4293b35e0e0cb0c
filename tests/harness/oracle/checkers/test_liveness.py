from midstream.harness.oracle.verdict import Finding, Status, Verdict
from midstream.harness.record.history import PathHealed, Phase
from tests.harness.helpers_history import Item, begin, check, ended
from tests.harness.helpers_wire import response_end, sent
from tests.harness.oracle.helpers_findings import says


def test_an_end_within_the_budget_holds() -> None:
    """A client that ends within its budget is live."""
    history = (begin(), Phase(name="safety"), (900, ended()))
    assert check("liveness", *history) == Finding(
        invariant="liveness",
        code="I8",
        status=Status.HOLDS,
        message=says(),
        evidence=(1, 2),
    )


def test_a_killed_client_is_violated() -> None:
    """A client that had to be ended has hung."""
    assert check("liveness", begin(), (5000, ended("killed"))) == Finding(
        invariant="liveness",
        code="I8",
        status=Status.VIOLATED,
        verdict=Verdict.HUNG,
        message=says("5.0 s", "5 s"),
        evidence=(0, 1),
    )


def test_no_end_is_unknown() -> None:
    """A history without the client's end says nothing of it."""
    assert check("liveness", begin()).status is Status.UNKNOWN


def test_a_late_end_is_violated() -> None:
    """A client that ends by itself, but long after its budget, has hung."""
    assert check("liveness", begin(), (9000, ended())).verdict is Verdict.HUNG


def test_the_budget_begins_with_the_last_heal() -> None:
    """While a fault lasts, the budget does not run."""
    history = (begin(), (6000, PathHealed(fault="f1")), (9000, ended()))
    assert check("liveness", *history).status is Status.HOLDS


def test_a_client_that_is_still_spoken_to_is_unknown() -> None:
    """While the answer is still coming no client can end: the machine was too slow."""
    history = (begin(), (4800, sent(3, 100, 110)), (5000, ended("killed")))
    assert check("liveness", *history).status is Status.UNKNOWN


def test_a_client_that_nobody_speaks_to_has_hung() -> None:
    """Silence, a response that has ended, bytes of no event: none is an excuse."""
    silent: list[Item] = [(4000, sent(3, 100, 110))]
    over: list[Item] = [(4800, sent(3, 100, 110)), (4900, response_end())]
    other: list[Item] = [(4800, sent(None, 100, 110))]
    for said in (silent, over, other):
        found = check("liveness", begin(), *said, (5000, ended("killed")))
        assert found.verdict is Verdict.HUNG
