"""What the user saw, live and in the end, against what the server said; shared."""

from dataclasses import dataclass
from functools import cached_property

from harness.checkers._align import Aligner
from harness.checkers._diagnosis import Diagnosis, diagnose
from harness.checkers._track import Track
from harness.checkers._truth import TRUTH_RECORDS, Key, Truth
from harness.history import Record
from harness.ops import Append, Final, Replace, Retract

TRANSCRIPT_RECORDS: tuple[type, ...] = (
    *TRUTH_RECORDS,
    Append,
    Replace,
    Retract,
    Final,
)


@dataclass(frozen=True)
class Shown:
    """One part as shown at the end of the run.

    Attributes:
        name: The client's name for the message.
        part: The index of the part.
        keys: The parts of the truth it stands for; none: it is a stray.
        told: Their tokens; of a stray, all tokens there are.
        told_seqs: The record that told each of them.
        text: What is shown.
        seqs: The records that prove it.
    """

    name: str
    part: int
    keys: tuple[Key, ...]
    told: tuple[str, ...]
    told_seqs: tuple[int, ...]
    text: str
    seqs: tuple[int, ...]

    @cached_property
    def is_right(self) -> bool:
        """Whether it is a beginning of what it stands for."""
        if not self.keys:
            return not self.text
        return "".join(self.told).startswith(self.text)

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What is wrong with it; worked out on first use."""
        return diagnose(self.told, self.text)

    def lost(self) -> list[int]:
        """Return the records that told what is missing; empty: nothing is surely lost.

        What something else stands in for is not lost but garbled.
        """
        if self.is_right and len(self.text) == sum(map(len, self.told)):
            return []
        missing = self.diagnosis.missing
        if len(missing) <= self.diagnosis.excused:
            return []
        return [self.told_seqs[index] for index in missing]


@dataclass(frozen=True, slots=True)
class View:
    """All that is shown, in display order: "live" by ops, or "final" by claim."""

    name: str
    parts: tuple[Shown, ...]


class Transcript:
    """The visible text, part by part, while the records come in.

    Attributes:
        truth: What the server said so far.
        tracks: What is shown, by the client's name and part.
    """

    def __init__(self) -> None:
        """Begin with an empty screen."""
        self.truth = Truth()
        self.tracks: dict[tuple[str, int], Track] = {}
        self._aligner = Aligner(self.truth)
        self._final: tuple[Record, Final] | None = None

    def feed(self, record: Record) -> None:
        """Take note of an operation of the client, or of what the server said."""
        body = record.body
        if isinstance(body, Append):
            if body.text:
                self._track(body.message, body.part).append(record, body.text)
        elif isinstance(body, Replace):
            self._track(body.message, body.part).replace(record, body.text)
        elif isinstance(body, Retract):
            self._track(body.message, body.part).retract(record, body.count)
        elif isinstance(body, Final):
            self._final = record, body
        else:
            self.truth.feed(record)

    def _track(self, name: str, part: int) -> Track:
        """Return the track of a part, begun and aligned if it is not known yet."""
        track = self.tracks.get((name, part))
        if track is None:
            track = self.tracks[name, part] = self._aligner.track(name, part)
        return track

    @property
    def flicker(self) -> int:
        """How many characters were shown and taken back, in all."""
        return sum(track.flicker for track in self.tracks.values())

    def mended(self) -> list[str]:
        """Say of each time the display was wrong, and was mended, when it was."""
        return [
            f"{track.name}[{track.part}] was wrong from {_ms(wrong.since)} ms on"
            f" and was mended at {_ms(wrong.until)} ms"
            for track in self.tracks.values()
            for wrong in track.wrongs
            if wrong.until is not None
        ]

    @cached_property
    def views(self) -> tuple[View, ...]:
        """What is shown in the end, live first; a view nobody gave is absent."""
        live = [View("live", tuple(self._live()))] if self.tracks else []
        final = (
            [View("final", tuple(self._finals(*self._final)))] if self._final else []
        )
        return (*live, *final)

    def _live(self) -> list[Shown]:
        """Return the parts in the order in which they came into sight."""
        tracks = [track for track in self.tracks.values() if track.size]
        tracks.sort(key=lambda track: track.shown.seq if track.shown else 0)
        return [self._shown(track, _seqs(track)) for track in tracks]

    def _finals(self, record: Record, final: Final) -> list[Shown]:
        """Return the parts of the client's own last word."""
        aligner, shown = Aligner(self.truth), []
        for said in final.messages:
            for part in sorted(said.parts):
                live = self.tracks.get((said.message, part))
                track = aligner.track(said.message, part, live.keys if live else ())
                track.append(record, said.parts[part])
                shown.append(self._shown(track, (record.seq,)))
        return shown

    def _shown(self, track: Track, seqs: tuple[int, ...]) -> Shown:
        """Return what *track* shows with the truth it stands for."""
        keys = tuple(track.keys)
        truth, of = self.truth, keys or self.truth.in_order()
        return Shown(
            name=track.name,
            part=track.part,
            keys=keys,
            told=tuple(token for key in of for token in truth.told[key]),
            told_seqs=tuple(seq for key in of for seq in truth.told_seq[key]),
            text=track.text,
            seqs=seqs,
        )


def _seqs(track: Track) -> tuple[int, ...]:
    """Return the records that prove it: where it went wrong, and its last change."""
    records = [wrong.since for wrong in track.wrongs if wrong.until is None]
    return tuple(record.seq for record in [*records, track.last] if record)


def _ms(record: Record) -> int:
    """Return the time of *record* in whole milliseconds."""
    return record.t_ns // 1_000_000
