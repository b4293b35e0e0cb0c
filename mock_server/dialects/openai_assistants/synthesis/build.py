"""Builds cassettes from sources."""

from pathlib import Path

import msgspec

from midstream.mock_server.core.errors import CassetteError
from midstream.mock_server.dialects.openai_assistants import recordings
from midstream.mock_server.dialects.openai_assistants.recordings.citations import (
    check_citations,
)
from midstream.mock_server.recordings.cassette import ASSISTANTS, Cassette
from midstream.mock_server.recordings.cassette_file import dumps, loads

from .script import SourcePlayer
from .source import Source
from .tokens import AmbiguousTokenError

SOURCES = Path(__file__).parent / "sources"
"""The folder of the sources of the shipped cassettes."""
CASSETTES = Path(__file__).parents[1] / "cassettes"
"""The folder of the shipped cassettes."""


def build(source: Path) -> str:
    """Return the cassette of the source file *source* as text.

    Raises:
        CassetteError: The source is malformed, or its text cannot be cut into tokens
            that are each unique.
    """
    try:
        parsed = msgspec.toml.decode(source.read_bytes(), type=Source)
        exchanges = SourcePlayer(parsed).play()
    except (msgspec.DecodeError, UnicodeDecodeError, AmbiguousTokenError) as error:
        raise CassetteError(f"{source}: {error}") from error
    name = f"{ASSISTANTS}/{source.stem}"
    provenance = f"synthesised by mock_server.synthesis from sources/{source.name}"
    cassette = Cassette(name, ASSISTANTS, parsed.title, provenance, exchanges)
    text = dumps(cassette)
    check_citations(loads(text.encode(), name=name, check=recordings.check))
    if not cassette.has_unique_tokens:
        raise CassetteError(
            f"{source}: a token occurs more than once; word the text differently"
        )
    return text


def build_all(out: Path = CASSETTES) -> list[Path]:
    """Write the cassettes of all sources into the folder *out*; return their paths."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for source in sorted(SOURCES.glob("*.toml")):
        target = out / f"{source.stem}.jsonl"
        target.write_text(build(source), encoding="utf-8", newline="\n")
        written.append(target)
    return written
