"""The options ``--baseline`` and ``--write-baseline``, and the files they name.

`reports.baseline` decides which cells are known, fixed or changed.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path

from midstream.harness.reports import Outcome, Report
from midstream.harness.reports.agreement import all_cells
from midstream.harness.reports.baseline import Comparison, compare, rewritten
from midstream.harness.reports.baseline_file import (
    Baseline,
    BaselineError,
    dumps,
    parse,
)
from midstream.harness.reports.console.files import require_writable, write
from midstream.mock_server import UnknownNameError

MAX_FILE_BYTES = 1024 * 1024


def add_options(parser: ArgumentParser) -> None:
    """Declare ``--baseline`` and ``--write-baseline``."""
    parser.add_argument(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="TOML file of known failures: they may stay, every other failure counts",
    )
    parser.add_argument(
        "--write-baseline",
        type=Path,
        metavar="FILE",
        help="write the failures to FILE; reasons that people wrote there are kept",
    )


class BaselineOptions:
    """The baseline files of one campaign, read before its first run."""

    def __init__(self, args: Namespace, chosen: Iterable[str]) -> None:
        """Read the files in *args*; *chosen* are the ids of the scenarios to be run.

        Raises:
            BaselineError: A file has a mistake, or names an unknown scenario.
            UnavailableError: The file of ``--write-baseline`` cannot be written.
        """
        known = [*_catalogue(), *chosen]
        self._is_strict: bool = args.strict
        self._target: Path | None = args.write_baseline
        self._listed = _read(args.baseline, known) if args.baseline else Baseline()
        self._base = self._listed
        if self._target is not None:
            require_writable(self._target)
            if self._target.exists() and not args.baseline:
                self._base = _read(self._target, known)

    def compare(self, outcomes: Iterable[Outcome]) -> Comparison:
        """Compare *outcomes*, one for each cell, with the file of ``--baseline``.

        Without that option, no failure counts as known.
        """
        judgements = (outcome.judgement for outcome in outcomes)
        return compare(self._listed, judgements, strict=self._is_strict)

    def write(self, report: Report) -> None:
        """Write the file of ``--write-baseline``, if there is one.

        Cells that were not run stay in the file as they are. If a cell was repeated,
        its worst run counts.

        Raises:
            UnavailableError: The file cannot be written.
        """
        if self._target is not None:
            judgements = (cell.worst.judgement for cell in all_cells(report))
            after = rewritten(self._base, judgements, strict=self._is_strict)
            write(self._target, dumps(after).encode())


def _read(path: Path, known: Iterable[str]) -> Baseline:
    """Read and check one file.

    Raises:
        BaselineError: The file cannot be read or has a mistake.
    """
    baseline = parse(_text(path), str(path))
    ids = set(known)
    for index, cell in enumerate(baseline.known):
        if cell.scenario not in ids:
            unknown = UnknownNameError("scenario", cell.scenario, ids)
            raise BaselineError(f"{path}: $.known[{index}].scenario: {unknown}")
    return baseline


def _text(path: Path) -> str:
    """Read a file of bounded size as UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise BaselineError(f"{path}: larger than {MAX_FILE_BYTES} bytes")
        return data.decode()
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BaselineError(f"{path}: not UTF-8 text") from error


def _catalogue() -> list[str]:
    """Return the ids of all scenarios of the catalogue."""
    from midstream import scenarios  # noqa: PLC0415 - not for --help

    return scenarios.ids()
