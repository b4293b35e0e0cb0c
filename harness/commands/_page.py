"""The options ``--page`` and ``--notes`` of `matrix`, and the files they name."""

import shlex
from argparse import ArgumentParser, Namespace
from pathlib import Path

from midstream.harness.reports import Report
from midstream.harness.reports.console.files import require_writable, write
from midstream.harness.reports.notes import Notes, NotesError, parse


def add_options(parser: ArgumentParser) -> None:
    """Declare ``--page`` and ``--notes``."""
    parser.add_argument(
        "--page",
        type=Path,
        metavar="FILE",
        help="write a Markdown page that explains the table",
    )
    parser.add_argument(
        "--notes",
        type=Path,
        metavar="FILE",
        help="with --page: a TOML file with remarks about cells",
    )


def read_notes(args: Namespace) -> Notes:
    """Return the notes of ``--notes``; called before the first run.

    Raises:
        NotesError: The file has a mistake or cannot be read.
        UnavailableError: The page cannot be written.
    """
    if args.page is not None:
        require_writable(args.page)
    if args.notes is None:
        return Notes()
    try:
        text = args.notes.read_bytes().decode()
    except OSError as error:
        problem = f"{args.notes}: cannot be read: {error.strerror}"
        raise NotesError(problem) from error
    except UnicodeDecodeError as error:
        raise NotesError(f"{args.notes}: not UTF-8 text") from error
    return parse(text, str(args.notes))


def write_page(args: Namespace, report: Report, notes: Notes) -> None:
    """Write the page if *args* ask for one.

    Raises:
        UnavailableError: The page cannot be written.
    """
    from midstream.harness.reports import clients_page  # noqa: PLC0415 - not for --help

    if args.page is not None:
        page = clients_page.render(report, notes, _command(args))
        write(args.page, page.encode())


def _command(args: Namespace) -> str:
    """Return the command that writes the page again."""
    words = ["midstream", "matrix", "--clients", ",".join(args.clients)]
    for program in args.client_cmd or ():
        words += ["--client-cmd", program]
    words += ["--seed", str(args.seed)]
    if args.notes is not None:
        words += ["--notes", str(args.notes)]
    return shlex.join([*words, "--page", str(args.page), *args.patterns])
