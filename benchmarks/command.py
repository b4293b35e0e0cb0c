"""Edge: what the benchmarks' command lines have in common."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .errors import BenchmarkError
from .machine import Cores, describe


def options(
    about: str | None, *, rounds: int, seconds: float | None = None
) -> ArgumentParser:
    """Return a parser of how often and how long is measured, by default as given.

    Without *seconds*, a measurement takes as long as it takes.
    """
    parser = ArgumentParser(
        description=about, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=rounds, metavar="N")
    if seconds is not None:
        parser.add_argument(
            "--seconds",
            type=float,
            default=seconds,
            metavar="S",
            help="of a measurement",
        )
    return parser


def add_svg(parser: ArgumentParser) -> None:
    """Add where pictures go."""
    parser.add_argument(
        "--svg", type=Path, metavar="FOLDER", help="draw curves into this folder"
    )


def add_numbers(
    parser: ArgumentParser, option: str, default: Sequence[int], meaning: str
) -> None:
    """Add an *option* that takes whole numbers, with commas between them."""
    parser.add_argument(
        option,
        type=lambda text: [int(number) for number in text.split(",")],
        default=default,
        metavar="N,M",
        help=meaning,
    )


def keep(path: Path, text: str) -> None:
    """Write *text* to a file, and say so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    sys.stderr.write(f"  written: {path}\n")


def heading(what: str, cores: Cores) -> list[str]:
    """Return *what* is measured, and on which machine."""
    return [what, f"{describe()}; {cores.note}", ""]


def run(main: Callable[[], Iterable[str]]) -> None:
    """Print the lines of *main*; end with what is missing if it cannot measure."""
    try:
        print("\n".join(main()), flush=True)
    except BenchmarkError as error:
        sys.exit(f"benchmarks: {error}")
