"""What a cassette holds, as values: exchanges, their chunks, their events.

Nothing here reads or writes files (`cassette_file`, `library`) or knows what a
provider's events mean (`dialects`).
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate

import msgspec

from midstream.mock_server.core import sse
from midstream.mock_server.core.coding import Coding, is_made
from midstream.mock_server.core.framing import Block, Framing, blocks, framing_of

from .declared.declaration import Declaration
from .declared.reading import Reading, read

ASSISTANTS = "openai_assistants"
"""The dialect of OpenAI's Assistants v2."""
DECLARED = "declared"
"""The dialect of recordings that a TOML file explains."""
VERBATIM = "verbatim"
"""The dialect of recordings that no other dialect recognises."""

_GZIP = b"\x1f\x8b"
"""How a gzip body begins, and no text: RFC 1952, section 2.3.1."""


class IncoherentError(ValueError):
    """An exchange contradicts itself.

    *exchange* is its number, from 0; *line* is the number of its chunk, from 1, or 0
    for the exchange as a whole.
    """

    def __init__(self, problem: str, exchange: int, line: int = 0) -> None:
        """Take the *problem* and its place."""
        super().__init__(problem)
        self.exchange, self.line = exchange, line


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that arrived together, *t* seconds after the request was sent."""

    t: float
    data: bytes


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event of a stream; *t* is when its last byte arrived, in seconds.

    *name* is None where the stream has no event lines.
    """

    t: float
    name: str | None
    data: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response.

    *path* holds path and query, never a host. *request* is the JSON body or None.
    *headers* are those headers of the response that the allow-list permits, in lower
    case. *reading* is what it says, if a declared dialect knows.
    """

    method: str
    path: str
    request: Mapping[str, object] | None
    status: int
    headers: Mapping[str, str]
    chunks: tuple[Chunk, ...]
    reading: Reading | None = None

    @property
    def framing(self) -> Framing | None:
        """How the body is framed; None: it has no events, or they are compressed."""
        if self.is_compressed:
            return None
        return framing_of(self.headers.get("content-type", ""))

    @property
    def coding(self) -> str | None:
        """How the response says that its body is compressed; None: it is not."""
        said = self.headers.get("content-encoding", "").strip().lower()
        return None if said in {"", "identity"} else said.removeprefix("x-")

    @property
    def is_compressed(self) -> bool:
        """Whether the recorded body is compressed, as its coding says.

        Some recorders store it decompressed, beside the header of what they received.
        """
        if self.coding is None:
            return False
        if self.coding == "gzip":
            return self.body.startswith(_GZIP)
        try:
            self.body.decode()
        except UnicodeDecodeError:
            return True
        return False

    @property
    def sent_as(self) -> Coding | None:
        """How the recorded text has to be compressed when it is sent, if at all."""
        coding = self.coding
        return coding if is_made(coding) and not self.is_compressed else None

    @property
    def is_stream(self) -> bool:
        """Whether the response is a stream of events."""
        return self.framing is not None

    @property
    def is_successful_stream(self) -> bool:
        """Whether the response is a stream of a request that succeeded."""
        return self.is_stream and self.status < 300  # noqa: PLR2004 (2xx)

    def is_of(self, declaration: Declaration) -> bool:
        """Say whether it is one of the streams that *declaration* is about."""
        path = self.path.partition("?")[0]
        asks = declaration.request.matches(self.method, path)
        return asks and self.is_successful_stream

    @property
    def body(self) -> bytes:
        """All chunks joined."""
        return b"".join(chunk.data for chunk in self.chunks)

    def events(self) -> tuple[RecordedEvent, ...]:
        """Return the stream's events in order.

        Raises:
            FramingError: The body is not framed as recorded (`sse`).
        """
        pairs = zip(self.event_chunks(), sse.frames(self.body), strict=True)
        return tuple(
            RecordedEvent(self.chunks[chunk].t, name, data)
            for chunk, (name, data) in pairs
        )

    def event_chunks(self) -> list[int]:
        """Return for each event the index of the chunk that holds its last byte."""
        stops = self.chunk_ends()
        return [bisect_left(stops, end) for end in sse.ends(self.body)]

    def blocks(self) -> list[Block]:
        """Return the events of the body, and what lies between them.

        The body is framed in any legal way; one without events is one block.
        """
        body, framing = self.body, self.framing
        if framing is not None:
            return blocks(body, framing)
        return [Block(0, len(body), None)] if body else []

    def chunk_ends(self) -> list[int]:
        """Return the offset in the body behind each chunk."""
        return list(accumulate(len(chunk.data) for chunk in self.chunks))


@dataclass(frozen=True, slots=True)
class Cassette:
    """A recorded conversation with a provider.

    *name* is ``dialect/file`` for the ones shipped, else the file's stem.
    *dialect* is the name of one, or the file that declares it. *provenance* says in
    words where it is from and what was not recorded. A cassette of a declared dialect
    has its *declaration*.
    """

    name: str
    dialect: str
    title: str
    provenance: str
    exchanges: tuple[Exchange, ...] = field(default=())
    declaration: Declaration | None = None

    def __hash__(self) -> int:
        """Hash name, title and length only: cassettes are long and looked up often."""
        return hash((self.name, self.title, len(self.exchanges)))

    @property
    def kind(self) -> str:
        """The registered dialect that serves it."""
        return DECLARED if self.declaration else self.dialect

    @property
    def speaks(self) -> str:
        """What readers call its dialect."""
        return self.declaration.title if self.declaration else self.dialect

    @property
    def tells_text(self) -> bool:
        """Whether its dialect knows what its streams say."""
        return self.kind != VERBATIM

    @property
    def ends_well(self) -> bool:
        """Whether no recorded answer is known to be cut short, or to have failed."""
        readings = (one.reading for one in self.exchanges)
        return all(one is None or one.ending == "completed" for one in readings)

    def declared(self, declaration: Declaration, dialect: str) -> "Cassette":
        """Return it in *dialect*, that of *declaration*, with its streams read."""
        exchanges = tuple(
            replace(one, reading=read(one.body, declaration))
            if one.is_of(declaration)
            else one
            for one in self.exchanges
        )
        return replace(
            self, dialect=dialect, declaration=declaration, exchanges=exchanges
        )

    def streams(self) -> tuple[Exchange, ...]:
        """Return the successful event streams, in order.

        Stream 0 answers the request that starts a run, stream *k* the *k*-th
        submission of tool outputs.
        """
        return tuple(e for e in self.exchanges if e.is_successful_stream)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The text of each message delta, over all streams, in order.

        Only the Assistants dialect is understood here; other dialects have none.
        """
        if self.dialect != ASSISTANTS:
            return ()
        return tuple(
            block["text"]["value"]
            for stream in self.streams()
            for event in stream.events()
            if event.name == "thread.message.delta"
            for block in msgspec.json.decode(event.data)["delta"]["content"]
            if block["type"] == "text"
        )

    @property
    def has_unique_tokens(self) -> bool:
        """Whether every token occurs exactly once in the text, other tokens included.

        Then the oracle can tell loss, duplication and reordering exactly; otherwise it
        can only compare prefixes.
        """
        tokens = self.tokens
        whole = "".join(tokens)
        return (
            bool(tokens or self.streams())
            and self.dialect == ASSISTANTS
            and all(
                token and whole.find(token) == whole.rfind(token) for token in tokens
            )
        )
