"""Edge: runs small inputs that once came out wrong, as their authors would.

Each case is a folder. `cases.toml` says what to run in a copy of it, and what is right;
the folder itself is read and left as it is.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

TABLE: Final = Path(__file__).with_name("cases.toml")
_DIALECTS: Final = TABLE.parent / "mock_server/recordings/declared/dialects"
_KINDS: Final = re.compile(r"(tape|load-tape|vcr|scenario|waived|repeat)-")
_PATIENCE_S: Final = 120
_HISTORIES: Final = "**/history.jsonl"


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to be run in a case, and what is right.

    Attributes:
        run: The command, for a shell. CASE is the folder, DIALECTS that of the
            dialects that tests declare; ``midstream`` and ``python`` are ours.
        exit: The exit code.
        says: What must stand in the output.
        never: What must not stand in it.
        stored: What must stand in the history of a run.
    """

    run: str
    exit: int
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()


def table(path: Path = TABLE) -> dict[str, tuple[Wanted, ...]]:
    """Return what is right, by case."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return msgspec.convert(found, dict[str, tuple[Wanted, ...]])


def mistakes(case: Path, wanted: Wanted) -> Iterator[str]:
    """Run a copy of *case*; yield what is not as *wanted*."""
    with tempfile.TemporaryDirectory(prefix="midstream-case-") as folder:
        copy = Path(folder, case.name)
        shutil.copytree(case, copy, copy_function=shutil.copyfile)
        code, said = _ran(wanted.run, copy, _tools(Path(folder, "bin")))
        stored = "".join(p.read_text("utf-8") for p in copy.glob(_HISTORIES))
    if code != wanted.exit:
        *_, last = ["", *said.split("\n" * 2)[-1].strip().splitlines()]
        yield f"exit {code}, not {wanted.exit}; it ends with: {last}"
    for words in wanted.says:
        if words not in said:
            yield f"does not say {words!r}"
    for words in (*wanted.never, "Traceback"):
        if words in said:
            yield f"says {words!r}"
    for words in wanted.stored:
        if words not in stored:
            yield f"no history has {words!r}"


def _tools(folder: Path) -> Path:
    """Make a folder with the two commands that cases use."""
    folder.mkdir()
    for name, module in (("python", ""), ("midstream", "-m midstream ")):
        tool = folder / name
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module}"$@"\n', "utf-8")
        tool.chmod(0o755)
    return folder


def _ran(command: str, folder: Path, tools: Path) -> tuple[int | str, str]:
    """Run *command* in *folder*; return its exit code and what it said."""
    path = f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        done = subprocess.run(  # noqa: S602 - the commands are the table's
            command,
            shell=True,
            cwd=folder,
            env={
                **os.environ,
                "PATH": path,
                "CASE": str(folder),
                "DIALECTS": str(_DIALECTS),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"none after {_PATIENCE_S} s", ""
    return done.returncode, done.stdout.decode(errors="replace")


def names(cases: Path, known: Mapping[str, object]) -> list[str]:
    """Return the cases of *cases* that are of our kinds, and those that are known."""
    there = {path.name for path in cases.iterdir() if _KINDS.match(path.name)}
    return sorted(there | known.keys())


def report(cases: Path, known: Mapping[str, Sequence[Wanted]], name: str) -> str:
    """Run the case *name*; return "right", "wrong" or "skipped", and why."""
    if name not in known:
        return f"wrong    {name}: tests/cases.toml does not say what is right"
    if not (cases / name).is_dir():
        return f"skipped  {name}: it is not in {cases}"
    lines = []
    for wanted in known[name]:
        found = list(mistakes(cases / name, wanted))
        lines += [wanted.run, *(f"  {mistake}" for mistake in found)] if found else []
    return "\n         ".join([f"{'wrong' if lines else 'right'}    {name}", *lines])


def main(given: Sequence[str]) -> int:
    """Run what is *given*: a folder, and names of cases; all, if there are none."""
    if not given:
        print("usage: tests/cases.sh CASES_DIR [NAME...]", file=sys.stderr)  # noqa: T201 - a command
        return 2
    cases, known = Path(given[0]), table()
    if not cases.is_dir():
        print(f"skipped: there is no folder {cases}")  # noqa: T201 - a command
        return 0
    words = []
    for name in given[1:] or names(cases, known):
        line = report(cases, known, name)
        print(line, flush=True)  # noqa: T201 - a command
        words.append(line.split()[0])
    counts = (f"{words.count(word)} {word}" for word in ("right", "wrong", "skipped"))
    print(", ".join(counts))  # noqa: T201 - a command
    return 1 if "wrong" in words else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
