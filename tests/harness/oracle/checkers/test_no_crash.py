from midstream.harness.oracle.verdict import Finding, Status, Verdict
from tests.harness.helpers_history import begin, check, ended
from tests.harness.oracle.helpers_findings import says


def test_a_return_holds() -> None:
    """A client that returns has not crashed."""
    assert check("no_crash", ended()) == Finding(
        invariant="no_crash",
        code="C1",
        status=Status.HOLDS,
        message=says(),
        evidence=(0,),
    )


def test_an_exception_is_violated() -> None:
    """A client that ends by an exception nobody announced has crashed."""
    assert check("no_crash", ended("raised")) == Finding(
        invariant="no_crash",
        code="C1",
        status=Status.VIOLATED,
        verdict=Verdict.CRASHED,
        message=says("ValueError: no"),
        evidence=(0,),
    )


def test_no_end_is_unknown() -> None:
    """A history without the client's end says nothing of it."""
    assert check("no_crash", begin()).status is Status.UNKNOWN


def test_the_first_end_counts() -> None:
    """What a client raises while it is being ended by us is no crash of its own."""
    found = check("no_crash", ended("killed"), ended("raised"))
    assert found.status is Status.HOLDS
