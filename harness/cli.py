"""`midstream`: the parser and the dispatch to `harness.commands`. Nothing else.

Errors of ours and of our user end as one line on standard error and exit code 2;
only a defect shows a traceback.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from inspect import cleandoc

from midstream.errors import MidstreamError
from midstream.mock_server import UnknownNameError

from . import __version__
from .commands import COMMANDS, Command
from .commands._console import print_error
from .reports.tally import EXIT_INTERRUPTED, EXIT_USAGE

_EXIT_BROKEN_PIPE = 128 + 13
_EPILOG = """\
begin here:
  midstream list                              what can go wrong
  midstream run --client reference            a client that survives it
  midstream run --client naive                one that does not
  midstream serve                             a fake server for your own client
  midstream doctor                            is everything there?

exit codes:
  0 all passed   1 something FAILED   2 wrong usage   3 a run proves nothing
  4 NON_STRICT with --strict   130 interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that *argv* (default: the process's) names.

    Returns the exit code; wrong usage raises SystemExit(2), as argparse does.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print_error("midstream: interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more on exit; it must not hurt again:
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _EXIT_BROKEN_PIPE
    except MidstreamError as error:
        print_error(*f"midstream: {error}".splitlines())
        return EXIT_USAGE
    return code


def make_parser(chosen: str | None = None) -> argparse.ArgumentParser:
    """Return the parser; only the command called *chosen* declares its options."""
    parser = argparse.ArgumentParser(
        prog="midstream",
        description="Proves that a streaming LLM client survives a broken network.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        _add(commands, name, COMMANDS[name], is_chosen=_spoken(name) == chosen)
    return parser


def _dispatch(words: Sequence[str]) -> int:
    """Parse *words* and run their command."""
    chosen = next((word for word in words if not word.startswith("-")), None)
    known = [_spoken(name) for name in COMMANDS]
    if chosen is not None and chosen not in known:
        raise UnknownNameError("command", chosen, known)
    args = make_parser(chosen).parse_args(words)
    command: type[Command] = args.command
    return command.run(args)


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: type[Command],
    *,
    is_chosen: bool,
) -> None:
    """Add one command's parser; its help is the command's docstring."""
    text = cleandoc(command.__doc__ or "")
    parser = commands.add_parser(
        _spoken(name),
        help=text.partition("\n")[0].rstrip("."),
        description=text,
        epilog="examples:\n" + "".join(f"  {line}\n" for line in command.examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=command)
    if is_chosen:
        command.add_arguments(parser)


def _spoken(name: str) -> str:
    """Return a command's name as it is typed: a file cannot be called import.py."""
    return name.removesuffix("_")
