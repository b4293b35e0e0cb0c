from midstream.harness.oracle.verdict import Finding, Status, Verdict
from midstream.harness.record.case import Profile
from tests.harness.helpers_history import Item, begin, check, invoked, settled
from tests.harness.helpers_wire import received
from tests.harness.oracle.helpers_findings import says


def attempts(*times_ms: float) -> list[Item]:
    """Return requests for one run at *times_ms*, by a client allowed four."""
    start: list[Item] = [begin(profile=Profile(attempts_max=4)), invoked()]
    return [*start, *((ms, received(n)) for n, ms in enumerate(times_ms))]


def test_the_attempts_of_an_sdk_hold() -> None:
    """Three attempts within 1.4 seconds, as the SDKs make them, are bounded."""
    assert check("bounded_attempts", *attempts(100, 550, 1450)) == Finding(
        invariant="bounded_attempts",
        code="I12",
        status=Status.HOLDS,
        message=says(),
    )


def test_more_than_the_clients_own_bound_is_violated() -> None:
    """More attempts than the client's profile allows are a storm."""
    found = check("bounded_attempts", *attempts(0, 2000, 4000, 6000, 8000))
    assert found == Finding(
        invariant="bounded_attempts",
        code="I12",
        status=Status.VIOLATED,
        verdict=Verdict.RETRY_STORM,
        message=says("5", "turn 0", "4"),
        evidence=(2, 3, 4, 5, 6),
    )


def test_no_request_is_unknown() -> None:
    """Without a request that makes something there is nothing to bound."""
    history = (begin(), invoked(), received(op="list_messages"))
    assert check("bounded_attempts", *history).status is Status.UNKNOWN


def test_four_within_a_second_are_violated() -> None:
    """Four attempts within a second are a burst, though the bound allows them."""
    found = check("bounded_attempts", *attempts(0, 300, 600, 799))
    assert found.message == says("4")


def test_four_that_were_sent_over_a_second_hold() -> None:
    """Four attempts over a second are no burst, though the first was under way longer.

    Only when a request arrives is seen here, not when it was sent.
    """
    found = check("bounded_attempts", *attempts(0, 300, 600, 976))
    assert found.status is Status.HOLDS


def test_each_turn_counts_for_itself() -> None:
    """Another turn's requests are no more attempts at this one's."""
    done: list[Item] = [settled(), invoked(1, "More?")]
    second: list[Item] = [(9000, received(8)), (9999, received(9))]
    history = [*attempts(0, 2000, 4000), *done, *second]
    assert check("bounded_attempts", *history).status is Status.HOLDS


def test_rounds_of_tool_outputs_count_apart() -> None:
    """Several rounds of outputs in one turn are different intents."""
    rounds = [
        (2000.0 * n, received(n, "submit_tools", body_hash=f"round {n}"))
        for n in range(6)
    ]
    assert check("bounded_attempts", begin(), *rounds).status is Status.HOLDS
