"""Code that `run` and `matrix` share: the options, the campaign, and its report."""

import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from midstream.harness.clients import Client
from midstream.harness.reports import ClientRuns, Outcome, Report
from midstream.harness.reports.agreement import all_cells
from midstream.harness.reports.console.files import require_writable, write
from midstream.harness.reports.console.progress import Collected, Lines, Progress
from midstream.harness.reports.tally import EXIT_INTERRUPTED, report_code

from ._baseline import BaselineOptions
from ._baseline import add_options as add_baseline_options
from ._clients import choose
from ._console import say

if TYPE_CHECKING:
    from midstream.harness.plan.plan import Plan


_JOBS = 4


@dataclass(frozen=True, slots=True)
class _Found:
    """The finished runs: all of them, or those before an interruption."""

    by_client: Mapping[str, Sequence[Outcome]]
    out: Path
    toxiproxy_version: str = ""
    is_interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Campaign:
    """The result of running many plans against many clients."""

    report: Report
    is_interrupted: bool

    @property
    def exit_code(self) -> int:
        """The exit code of the command."""
        if self.is_interrupted:
            return EXIT_INTERRUPTED
        return report_code(self.report)


def add_options(parser: ArgumentParser) -> None:
    """Declare the options that `run` and `matrix` share."""
    parser.add_argument(
        "patterns",
        nargs="*",
        metavar="PATTERN",
        help="scenario ids, with * and ? if you like, or .toml files (all scenarios)",
    )
    add_file_to_read(
        parser,
        "--dialect-file",
        "say what the recordings mean: docs/dialects.md (what the scenario says)",
    )
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=_JOBS,
        metavar="N",
        help=f"how many runs at a time ({_JOBS})",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="S",
        help="seed of all randomness (0)",
    )
    parser.add_argument(
        "--repeat",
        type=_positive,
        default=1,
        metavar="N",
        help="run each scenario N times with one seed, report how many agree (1)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="the folder in which runs are stored (runs)",
    )
    add_file_option(parser, "--json", "write the results as JSON")
    add_file_option(parser, "--junit", "write the results as JUnit XML")
    add_file_option(parser, "--html", "write the results as one HTML page")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit 4 if a run is NON_STRICT: it passed, but not as it should",
    )
    add_baseline_options(parser)


def add_file_to_read(parser: ArgumentParser, flag: str, text: str) -> None:
    """Declare *flag*, which names a file to read."""
    parser.add_argument(flag, type=Path, metavar="FILE", help=text)


def add_file_option(parser: ArgumentParser, flag: str, text: str) -> None:
    """Declare *flag*, which names a file to write."""
    parser.add_argument(flag, type=_new_file, metavar="FILE", help=text)


def conduct(args: Namespace, names: Sequence[str]) -> Campaign:
    """Run the scenarios against the clients called *names* and each --client-cmd.

    All names and scenarios are checked before the first run. After an interruption
    the report covers the runs that have finished.

    Raises:
        UnknownNameError: No client has that name, or no scenario matches a pattern.
        UnavailableError: Something that a run needs is missing.
        ScenarioError: A scenario has a mistake.
        BaselineError: A baseline file has a mistake.
        ChoiceError, ProgramError: A --client-cmd is no command, or no client.
    """
    from midstream.harness.plan.plan import make_plan, select  # noqa: PLC0415 - not for --help

    tested = choose(args, names)
    clients = [entry.client for entry in tested]
    infos = [client.info() for client in clients]
    chosen = select(args.patterns)
    if args.dialect_file is not None:
        chosen = [
            msgspec.structs.replace(one, dialect=str(args.dialect_file))
            for one in chosen
        ]
    plans = [make_plan(scenario) for scenario in chosen]
    baseline = BaselineOptions(args, (scenario.id for scenario in chosen))
    known = [info.name for info in infos]
    total = len(plans) * len(known) * args.repeat
    with _progress(total, known) as shown:
        found = _run(args, plans, clients, Collected(known, shown))
    report = Report(
        results=tuple(
            ClientRuns(info, tuple(found.by_client.get(info.name, ())))
            for info in infos
        ),
        seed=args.seed,
        toxiproxy_version=found.toxiproxy_version,
        out=found.out,
        is_strict=args.strict,
        spelled={select([path])[0].id: path for path in _own_files(args)},
        asked={i.name: entry.words for i, entry in zip(infos, tested, strict=True)},
        repeat=args.repeat,
        jobs=args.jobs if args.jobs != _JOBS else None,
        dialect_file=str(args.dialect_file or ""),
    )
    baseline.write(report)
    comparison = baseline.compare(cell.worst for cell in all_cells(report))
    return Campaign(replace(report, comparison=comparison), found.is_interrupted)


def store(args: Namespace, report: Report, document: Any) -> None:  # noqa: ANN401 - either of two documents
    """Write the files that *args* ask for."""
    from midstream.harness.reports import html, json_file, junit  # noqa: PLC0415 - not for --help

    if args.json is not None:
        write(args.json, json_file.encode(document))
    if args.junit is not None:
        write(args.junit, junit.render(report))
    if args.html is not None:
        write(args.html, html.render(report))


def written(args: Namespace, *names: str) -> list[str]:
    """Return a line for each file that was written, such as "html: page.html".

    *names* are options besides those that `run` and `matrix` share.
    """
    files = ((name, getattr(args, name)) for name in ("json", "junit", "html", *names))
    return [f"{name}: {file}" for name, file in files if file is not None]


def _run(
    args: Namespace,
    plans: "Sequence[Plan]",
    clients: Sequence[Client],
    collected: Collected,
) -> _Found:
    """Run *plans*; after an interruption, return what *collected* has."""
    import asyncio  # noqa: PLC0415 - not for --help

    from midstream.harness.runs.campaign import RunSettings, run_all  # noqa: PLC0415 - the same

    settings = RunSettings(
        jobs=args.jobs, seed=args.seed, out=args.out, repeat=args.repeat
    )
    try:
        with _terminable():
            done = asyncio.run(run_all(plans, clients, settings, collected))
    except KeyboardInterrupt:
        latest = (args.out / "latest").resolve()
        out = latest if latest.is_dir() else args.out
        return _Found(collected.outcomes, out, is_interrupted=True)
    return _Found(done.by_client, done.directory, done.toxiproxy_version)


@contextmanager
def _terminable() -> Iterator[None]:
    """Make SIGTERM end a campaign as Ctrl-C does: clean up, then report."""
    before = signal.signal(
        signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT)
    )
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _progress(total: int, names: Sequence[str]) -> AbstractContextManager[Progress]:
    """Return a live table for a terminal, plain lines for anything else."""
    if not sys.stdout.isatty():
        return nullcontext(Lines(total, names, say))
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

    from midstream.harness.reports.console.live import LiveTable  # noqa: PLC0415 - the same

    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_dumb_terminal:
        return nullcontext(Lines(total, names, say))
    return LiveTable(total, names, console)


def _own_files(args: Namespace) -> list[str]:
    """Return the patterns that are files: the repeat command has to name them."""
    return [pattern for pattern in args.patterns if pattern.endswith(".toml")]


def _positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def _new_file(text: str) -> Path:
    """Parse a path; check before a long campaign that it can be written."""
    path = Path(text)
    require_writable(path)
    return path
