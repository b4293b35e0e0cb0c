"""The progress of a load run, as one line for a terminal."""

from midstream.harness.load.metrics.tally import Tally
from midstream.harness.load.metrics.units import counted
from midstream.harness.load.storm.load_order import LoadOrder
from midstream.harness.load.storm.storm_check import expect_of
from midstream.harness.oracle.grading import grade_by
from midstream.harness.plain_text import neutral
from midstream.harness.reports.words import SYMBOLS


def live_line(
    order: LoadOrder, at_s: float, phase: str, users: int, tally: Tally
) -> str:
    """Return time, phase, users, and the verdicts of the streams that have ended.

    *phase* is the name of the phase at *at_s*, *users* the number of active users.
    """
    expect, lost = expect_of(order.storm), tally.counts["lost"]
    verdicts = (
        f"{SYMBOLS[grade_by(expect, verdict)]} {number} {verdict}"
        for verdict, number in tally.verdicts().items()
    )
    parts = (
        f"{min(at_s, order.run_s):.0f} s of {order.run_s:.0f} s",
        phase,
        counted(users, "user"),
        counted(tally.streams, "stream"),
        *verdicts,
        f"{counted(lost, 'token')} lost",
    )
    return neutral("  ".join(parts))
