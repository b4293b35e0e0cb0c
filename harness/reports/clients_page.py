"""The matrix as a Markdown page: the clients, the table, and what it means.

The page has no date and no times, so that it changes only when a verdict does.
"""

from collections.abc import Iterable, Iterator, Sequence

from midstream.harness import __version__
from midstream.harness.oracle.verdict import Grade, Judgement, Verdict

from . import Report
from .markdown import row, table_and_marks
from .meanings import GRADES, MEANINGS
from .notes import Note, Notes
from .tally import tally
from .words import SYMBOLS

_INTRODUCTION = """\
# What each client does under each fault

A generated page: change the notes, not this file. Each cell is one run of a real
client against a recorded answer, through the real Toxiproxy, judged by what its user
saw. `midstream run --client NAME SCENARIO` repeats a cell and leaves a directory with
all that happened in it.
"""
_LISTED_MAX = 12


def render(report: Report, notes: Notes, command: str) -> str:
    """Return the page; *command* writes it again."""
    judgements = [outcome.judgement for outcome in report.outcomes]
    parts = (
        _INTRODUCTION,
        _versions(report, command),
        _clients(report),
        _profiles(report),
        _reading(judgements),
        f"## The matrix\n\n{table_and_marks(report)}",
        *_notes(notes, judgements),
        _rest(notes, judgements),
    )
    return "\n".join(part for part in parts if part)


def _versions(report: Report, command: str) -> str:
    """Return the versions and the command that made the page."""
    return (
        f"Made by midstream {__version__} with Toxiproxy {report.toxiproxy_version}:\n"
        f"\n    {command}\n"
    )


def _clients(report: Report) -> str:
    """Return the table of the clients, their versions and their counts."""
    counts = [tally(results.outcomes) for results in report.results]
    lines = [
        row(("client", "version", "level", *tally(()))),
        row(["---"] * (3 + len(tally(())))),
    ]
    for results, count in zip(report.results, counts, strict=True):
        info = results.client
        numbers = (str(number) for number in count.values())
        lines.append(row((info.name, info.version, str(info.level), *numbers)))
    return "## The clients\n\n" + "".join(f"{line}\n" for line in lines)


_PROFILES = """\
What each client claims, and is judged by: how many requests it makes at most for one
thing, how it recovers, the longest `Retry-After` that it obeys, which waits it limits
(`head`: for a response to begin; `idle`: between two pieces of a response; `turn`: for
a whole turn), and whether it takes back text that it has shown.
"""


def _profiles(report: Report) -> str:
    """Return the table of the clients' profiles."""
    head = ("client", "requests", "recovers by", "waits up to", "timeouts", "display")
    lines = [row(head), row(["---"] * len(head))]
    for results in report.results:
        said = results.client.profile
        cap_s = said.retry_after_cap_s
        words = (
            str(said.attempts_max),
            ", ".join(said.recovery) or "nothing",
            "any time" if cap_s is None else f"{cap_s:g} s",
            ", ".join(said.timeouts) or "none",
            said.display,
        )
        lines.append(row((results.client.name, *words)))
    return f"{_PROFILES}\n" + "".join(f"{line}\n" for line in lines)


def _reading(judgements: Sequence[Judgement]) -> str:
    """Explain the symbols and the verdicts that occur."""
    found = {said.verdict for said in judgements}
    grades = {said.grade for said in judgements}
    lines = [
        row(("symbol", "the run")),
        row(("---", "---")),
        *(row((SYMBOLS[g], text)) for g, text in GRADES.items() if g in grades),
        "",
        row(("verdict", "what it means for the user")),
        row(("---", "---")),
        *(row((word, MEANINGS[word])) for word in Verdict if word in found),
    ]
    return "## How to read it\n\n" + "".join(f"{line}\n" for line in lines)


def _notes(notes: Notes, judgements: Sequence[Judgement]) -> Iterator[str]:
    """Yield the notes that are about cells of this matrix; others are left out."""
    about = [(note, [s for s in judgements if note.explains(s)]) for note in notes.note]
    told = [_note(note, cells) for note, cells in about if cells]
    if told:
        yield "## What the red cells mean\n"
        yield from told


def _note(note: Note, cells: Sequence[Judgement]) -> str:
    """Return one note, its cells, and the command that shows it."""
    clients = list(dict.fromkeys(said.client for said in cells))
    lines = [
        f"### {note.title}",
        "",
        note.text.strip(),
        "",
        f"Seen with {_listed(clients)} under {_listed(_scenarios(cells))}.",
        "",
        f"    midstream run --client {clients[0]} {note.smallest}",
        "",
    ]
    return "\n".join(lines)


def _rest(notes: Notes, judgements: Iterable[Judgement]) -> str:
    """List the failures that no note explains, so that none is overlooked."""
    failed = [said for said in judgements if said.grade is Grade.FAILED]
    lines = [
        f"- {said.client}, `{said.scenario}`: {said.verdict}"
        for said in notes.unexplained(failed)
    ]
    lines = list(dict.fromkeys(lines))
    return "\n".join(["## Red cells without a word\n", *lines, ""]) if lines else ""


def _scenarios(cells: Iterable[Judgement]) -> list[str]:
    """Return the ids of the scenarios of *cells*, each once."""
    return list(dict.fromkeys(said.scenario for said in cells))


def _listed(names: Sequence[str]) -> str:
    """Return the first few of *names* as code, and how many more there are."""
    more = len(names) - _LISTED_MAX
    rest = f" and {more} more" if more > 0 else ""
    return ", ".join(f"`{name}`" for name in names[:_LISTED_MAX]) + rest
