"""The page about clients that `matrix` can write: its options, and its files."""

import shlex
from argparse import ArgumentParser, Namespace
from pathlib import Path

from midstream.harness.reports import Report
from midstream.harness.reports.console.files import require_writable, write
from midstream.harness.reports.notes import Notes, NotesError, parse


def add_options(parser: ArgumentParser) -> None:
    """Declare ``--page`` and ``--notes``."""
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="write a page in Markdown about it"
    )
    parser.add_argument(
        "--notes",
        type=Path,
        metavar="FILE",
        help="with --page: what to say about which cells, in TOML",
    )


def read_notes(args: Namespace) -> Notes:
    """Return the notes that *args* name, if any; called before the first run.

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
        UnavailableError: It cannot be written.
    """
    from midstream.harness.reports import clients_page  # noqa: PLC0415 - not for --help

    if args.page is not None:
        page = clients_page.render(report, notes, _command(args))
        write(args.page, page.encode())


def _command(args: Namespace) -> str:
    """Return the command that makes the page again."""
    words = ["midstream", "matrix", "--clients", ",".join(args.clients)]
    for program in args.client_cmd or ():
        words += ["--client-cmd", program]
    words += ["--seed", str(args.seed)]
    if args.notes is not None:
        words += ["--notes", str(args.notes)]
    return shlex.join([*words, "--page", str(args.page), *args.patterns])
