"""Notes that people wrote about surprising cells of the matrix, as TOML.

Text to values; reads no file. A note is shown only with cells that a report has, so
that it never claims what was not found.
"""

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from midstream.explain import explain
from midstream.harness.errors import HarnessError
from midstream.harness.oracle.verdict import Judgement, Verdict

Text: TypeAlias = Annotated[str, Meta(pattern=r"\S")]
"""A text that says something."""


class NotesError(HarnessError, ValueError):
    """A file of notes has a mistake; the message says file and place."""


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A paragraph about cells that belong together.

    Attributes:
        title: What the user would see, in a few words.
        clients: Names; wildcards are allowed.
        scenarios: Ids; wildcards are allowed.
        verdicts: Which verdicts the note explains.
        smallest: The id of the smallest scenario that shows it.
        text: What the user would see, and why, in Markdown.
    """

    title: Text
    clients: tuple[Text, ...]
    scenarios: tuple[Text, ...]
    verdicts: tuple[Verdict, ...]
    smallest: Text
    text: Text

    def explains(self, said: Judgement) -> bool:
        """Say whether the note is about the cell of *said*."""
        return (
            said.verdict in self.verdicts
            and any(fnmatchcase(said.client, name) for name in self.clients)
            and any(fnmatchcase(said.scenario, name) for name in self.scenarios)
        )


class Notes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of notes, in reading order."""

    note: tuple[Note, ...] = ()

    def unexplained(self, judgements: Iterable[Judgement]) -> list[Judgement]:
        """Return those of *judgements* that no note explains."""
        return [
            said
            for said in judgements
            if not any(note.explains(said) for note in self.note)
        ]


def parse(text: str, shown: str) -> Notes:
    """Return the notes in *text*; messages call its file *shown*.

    Raises:
        NotesError: *text* is not TOML, or not a file of notes.
    """
    try:
        return msgspec.convert(tomllib.loads(text), Notes)
    except tomllib.TOMLDecodeError as error:
        raise NotesError(f"{shown}: not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise NotesError(f"{shown}: {explain(str(error), Notes)}") from error
    except RecursionError as error:
        raise NotesError(f"{shown}: nested too deeply") from error
