"""The text that the user saw, live and at the end, beside the truth; shared."""

from functools import cached_property

from midstream.harness.oracle.projections.align import Aligner
from midstream.harness.oracle.projections.shown import Shown, View
from midstream.harness.oracle.projections.track import Track
from midstream.harness.oracle.projections.truth import Truth
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import Record, TextDropped
from midstream.harness.record.ops import Append, Final, Replace, Retract


class ShownTranscript:
    """The visible text, part by part, while the records come in.

    Attributes:
        truth: What the server said so far; its owner feeds it before this projection.
        tracks: The shown text, by the client's name and part.
    """

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.tracks: dict[tuple[str, int], Track] = {}
        self._aligner = Aligner(self.truth)
        self._final: tuple[Record, Final] | None = None

    def handlers(self) -> Handlers:
        """Handle what the client shows, and what the server drops."""
        return {
            Append: self._append,
            Replace: self._replace,
            Retract: self._retract,
            Final: self._end,
            TextDropped: self._drop,
        }

    def _append(self, record: Record, body: Append) -> None:
        """Show more."""
        if body.text:
            self._track(body.message, body.part).append(record, body.text)

    def _replace(self, record: Record, body: Replace) -> None:
        """Show something else."""
        self._track(body.message, body.part).replace(record, body.text)

    def _retract(self, record: Record, body: Retract) -> None:
        """Show less."""
        self._track(body.message, body.part).retract(record, body.count)

    def _end(self, record: Record, body: Final) -> None:
        self._final = record, body

    def _drop(self, record: Record, body: TextDropped) -> None:
        """Compare the tracks of a part again, since the server said less of it."""
        for track in self.tracks.values():
            if (body.message, body.part) in track.keys:
                track.compare(record)

    def _track(self, name: str, part: int) -> Track:
        """Return the track of a part; a new part gets a track and is aligned."""
        track = self.tracks.get((name, part))
        if track is None:
            track = self.tracks[name, part] = self._aligner.track(name, part)
        return track

    @property
    def flicker(self) -> int:
        """How many characters were shown and taken back, in all."""
        return sum(track.flicker for track in self.tracks.values())

    def mended(self) -> list[str]:
        """Return a text for each time in which the display was wrong and was mended."""
        return [
            f"{track.name}[{track.part}] was wrong from {_ms(wrong.since)} ms on"
            f" and was mended at {_ms(wrong.until)} ms"
            for track in self.tracks.values()
            for wrong in track.wrongs
            if wrong.until is not None
        ]

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The live and the final text at the end, without one that never came."""
        live = [View("live", tuple(self._live()))] if self.tracks else []
        final = (
            [View("final", tuple(self._finals(*self._final)))] if self._final else []
        )
        return (*live, *final)

    def _live(self) -> list[Shown]:
        """Return the parts in the order in which they appeared."""
        tracks = [track for track in self.tracks.values() if track.size]
        tracks.sort(key=lambda track: track.shown.seq if track.shown else 0)
        return [self._shown(track, _seqs(track)) for track in tracks]

    def _finals(self, record: Record, final: Final) -> list[Shown]:
        """Return the parts of the client's final transcript."""
        aligner, shown = Aligner(self.truth), []
        for said in final.messages:
            for part in sorted(said.parts):
                live = self.tracks.get((said.message, part))
                track = aligner.track(said.message, part, live.keys if live else ())
                track.append(record, said.parts[part])
                shown.append(self._shown(track, (record.seq,)))
        return shown

    def _shown(self, track: Track, seqs: tuple[int, ...]) -> Shown:
        """Return the text of *track* with the truth that belongs to it."""
        return Shown(
            name=track.name,
            part=track.part,
            keys=tuple(track.keys),
            truth=self.truth,
            text=track.text,
            seqs=seqs,
        )


def _seqs(track: Track) -> tuple[int, ...]:
    """Return the records of where *track* went wrong, and of its last change."""
    records = [wrong.since for wrong in track.wrongs if wrong.until is None]
    return tuple(record.seq for record in [*records, track.last] if record)


def _ms(record: Record) -> int:
    """Return the time of *record* in whole milliseconds."""
    return record.t_ns // 1_000_000
