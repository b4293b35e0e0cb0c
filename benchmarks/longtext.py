"""What very long answers cost: CPU time for each event, and memory beyond the text.

Run as ``python -m benchmarks.longtext``. One run says a message in up to 256,000
tokens, each in an event of its own and none twice. The whole rig goes through it at
full speed, and the oracle compares all of the text; then each part has the same by
itself, in a process of its own:

* ``cassette``: reading the file and rendering it, once; what it keeps is the text
* ``server``: one more stream of it, with its journal going to a file
* ``tap``: each event a read of its own, and its notes going to a file
* ``client``: the reference client's core, fed with one event at a time
* ``oracle``: ``check`` of the history that the rig wrote

CPU time is the least of all rounds. Memory beyond the text is the peak, less the peak
with the same text in an eighth of the events, for each event more: what an event leaves
behind. Of the oracle's, the tokens are taken off: the server foretells them, a string
each, and they are the text that it compares with.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from midstream.mock_server.recordings.cassette_file import dumps

from .command import add_numbers, add_svg, keep, options, run
from .curves import Curve, Picture, draw
from .longtext_parts import PARTS, Costs, Part, rig
from .machine import describe
from .rounds import Spread
from .tables import Goal, table
from .unit import spoken

SIZES: Final = (10_000, 32_000, 64_000, 128_000, 256_000)
GROWTH_MOST: Final = 1.10
BYTES_MOST: Final = 8.0
"""A reference alone takes as much: nothing at all is kept for an event."""
_COARSE: Final = 8
_CHARS: Final = 7
_NAMES: Final = ("rig", "cassette", "server", "tap", "client", "oracle")
_HOLDING: Final = ("server", "tap", "client", "oracle")
"""Those that are to keep nothing of an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found of an answer of *events* events.

    *cpu_us* and *left_bytes* are those of an event, by part.
    """

    events: int
    cpu_us: Mapping[str, float]
    left_bytes: Mapping[str, float]


def measure(events: int, rounds: int, folder: Path) -> Found:
    """Return what an answer of *events* events costs; *folder* is for files.

    Raises:
        BenchmarkError: The answer is not proven to be whole.
    """
    sys.stderr.write(f"  {events:,} events\n")
    few = events // _COARSE
    fine = _written(folder, events, _CHARS)
    coarse = _written(folder, few, _CHARS * _COARSE)
    costs = [_all(fine, is_traced=False) for _ in range(rounds)]
    _alone(rig, coarse, is_traced=False)
    most, least = (_all(each, is_traced=True) for each in (fine, coarse))
    cpu_s = {name: min(cost[name].cpu_s for cost in costs) for name in _NAMES}
    left = {n: most[n].peak_bytes - least[n].peak_bytes for n in _HOLDING}
    return Found(
        events=events,
        cpu_us={name: 1e6 * each / events for name, each in cpu_s.items()},
        left_bytes={name: each / (events - few) for name, each in left.items()},
    )


def _written(folder: Path, events: int, chars: int) -> Path:
    path = folder / f"said_in_{events}.jsonl"
    path.write_text(dumps(spoken(events, chars)), encoding="utf-8")
    return path


def _all(path: Path, *, is_traced: bool) -> Costs:
    """Return what all parts took, but for the rig's memory, which nobody looks at."""
    parts = PARTS if is_traced else (rig, *PARTS)
    costs = [_alone(part, path, is_traced=is_traced) for part in parts]
    return {name: cost for each in costs for name, cost in each.items()}


def _alone(part: Part, path: Path, *, is_traced: bool) -> Costs:
    """Measure *part* in a process that does nothing else."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(part, path, is_traced).result()


def goals(found: Sequence[Found]) -> Iterator[str]:
    """Say of each part whether it is linear, and what events leave behind in it."""
    first, last = found[0], found[-1]
    for name in _NAMES:
        what = f"{name}: CPU an event, at most, to that of {first.events:,} events,"
        grown = max(each.cpu_us[name] for each in found) / first.cpu_us[name]
        yield Goal(what, GROWTH_MOST, is_least=False, unit=" x").line(_once(grown))
    for name in _HOLDING:
        what = f"{name}: memory beyond the text, an event,"
        left = _once(last.left_bytes[name])
        yield Goal(what, BYTES_MOST, is_least=False, unit=" B").line(left)
    tap = Goal("tap: CPU an event that comes alone", 10, is_least=False, unit=" us")
    yield tap.line(_once(last.cpu_us["tap"]))


def _once(value: float) -> Spread:
    return Spread(value, value, value, 1)


def report(found: Sequence[Found]) -> list[str]:
    """Return the goals, and a table of each figure."""
    head = ["events", *(f"{each.events:,}" for each in found)]
    cpu = [[n, *(f"{each.cpu_us[n]:.1f}" for each in found)] for n in _NAMES]
    left = [[n, *(f"{each.left_bytes[n]:.2f}" for each in found)] for n in _HOLDING]
    return [
        *("Very long answers, each token an event of its own", f"{describe()}", ""),
        *(*goals(found), ""),
        *("CPU microseconds an event", *table(head, cpu), ""),
        *("Bytes that an event leaves behind, beyond the text", *table(head, left)),
    ]


def picture(found: Sequence[Found]) -> str:
    """Return the curves of what an event takes of the processor."""
    curves = [
        Curve(name, [(each.events, each.cpu_us[name]) for each in found])
        for name in _NAMES
    ]
    title = "What an event of a very long answer costs each part"
    return draw(
        Picture(
            title=title, x="events of the answer", y="CPU us an event", curves=curves
        )
    )


def main() -> list[str]:
    """Measure, and return what is printed."""
    parser = options(__doc__, rounds=2)
    add_numbers(
        parser, "--sizes", SIZES, "how many events the answers have, the fewest first"
    )
    add_svg(parser)
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        found = [measure(size, args.rounds, Path(folder)) for size in args.sizes]
    if args.svg:
        keep(args.svg / "longtext.svg", picture(found))
    return report(found)


if __name__ == "__main__":
    run(main)
