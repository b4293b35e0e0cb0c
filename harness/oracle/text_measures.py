"""Compares the text of one run with the truth, in words and numbers; judges nothing."""

from dataclasses import dataclass, field

from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.projections.shown import View
from midstream.harness.oracle.projections.transcript import ShownTranscript
from midstream.harness.record.ops import Settle

from .token_counts import count_tokens
from .verdict import TokenCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMeasures:
    """The measures of the text; the defaults are those of a run without text.

    Attributes:
        claims: The client's first claim for each turn.
        live: How the shown text compares with the truth: "equal", "prefix" or
            "differs", or "none" if nothing was shown or the server said nothing.
        final: The same for the client's final text.
        flicker: How many characters were shown and taken back.
        tokens: How many tokens the server said, and what became of them.
    """

    claims: tuple[Settle, ...] = ()
    live: str = "none"
    final: str = "none"
    flicker: int = 0
    tokens: TokenCounts = field(default_factory=TokenCounts)


def measure_text(projections: Projections) -> TextMeasures:
    """Return the measures of the text; called after the last record.

    Raises:
        ProjectionError: A projection that the measures need has failed.
    """
    transcript = projections.transcript
    return TextMeasures(
        claims=tuple(projections.turns.claims().values()),
        live=_compared(transcript, "live"),
        final=_compared(transcript, "final"),
        flicker=transcript.flicker,
        tokens=count_tokens(transcript),
    )


def _compared(transcript: ShownTranscript, name: str) -> str:
    """Compare the view called *name* with the truth."""
    views = [view for view in transcript.views if view.name == name]
    if not views or not any(transcript.truth.said.values()):
        return "none"
    if not all(shown.is_right for shown in views[0].parts):
        return "differs"
    return "equal" if _is_whole(transcript, views[0]) else "prefix"


def _is_whole(transcript: ShownTranscript, view: View) -> bool:
    """Say whether *view* shows, for each turn, all that one of its runs said."""
    truth = transcript.truth
    whole = {key for shown in view.parts if not shown.lost() for key in shown.keys} | {
        key for key, said in truth.said.items() if not said
    }
    turns = {turn for run, turn in truth.runs.items() if truth.keys_of(run)}
    return all(
        any(whole.issuperset(truth.keys_of(run)) for run in truth.runs_of(turn))
        for turn in turns
    )
