"""`midstream`: the parser and the dispatch to `harness.commands`. Nothing else.

A mistake of ours or of our user ends as one line on standard error and exit code 2.
Only a defect shows a traceback.
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
  midstream doctor                            checks that all is installed
  midstream list                              lists what can go wrong
  midstream run --client reference            tests a client that survives it
  midstream run --client naive                tests a client that does not
  midstream serve                             starts a fake server for your client

exit codes:
  0    every run passed
  1    a run FAILED
  2    wrong usage
  3    a run gave no verdict (INVALID or INCONCLUSIVE)
  4    with --strict: a run passed, but not as it should be (NON_STRICT)
  130  interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that *argv* names; the default is the process's arguments.

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
        # Python flushes standard output once more on exit; that must not fail again:
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
        description="Tests what a streaming LLM client shows its user when the network "
        "cuts the answer,\nstalls, or makes the client ask again. Reports silent "
        "truncation, duplicates and hangs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        _add(commands, name, COMMANDS[name], is_chosen=_typed(name) == chosen)
    return parser


def _dispatch(words: Sequence[str]) -> int:
    """Parse *words* and run their command."""
    chosen = next((word for word in words if not word.startswith("-")), None)
    known = [_typed(name) for name in COMMANDS]
    if chosen is not None and chosen not in known:
        raise UnknownNameError("command", chosen, known)
    args, unknown = make_parser(chosen).parse_known_args(words)
    command: type[Command] = args.command
    if unknown:
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}{args.hint}")
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
        _typed(name),
        help=text.partition("\n")[0].rstrip("."),
        description=text,
        epilog="examples:\n" + "".join(f"  {line}\n" for line in command.examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=command, parser=parser, hint="")
    if is_chosen:
        command.add_arguments(parser)


def _typed(name: str) -> str:
    """Return the command name as users type it: a file cannot be called import.py."""
    return name.removesuffix("_")
