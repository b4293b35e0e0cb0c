import json
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.mock_server.core.errors import CassetteError
from midstream.mock_server.library import load, loads, names
from midstream.mock_server.recordings import cassette_file
from midstream.mock_server.recordings.cassette import Cassette, Chunk, Exchange
from midstream.mock_server.recordings.cassette_file import dumps
from tests.mock_server.helpers_cassettes import cassette_of

HEADER = (
    '{"kind":"cassette","format":1,"dialect":"verbatim","title":"t","provenance":"p"}'
)
EXCHANGE = (
    '{"kind":"exchange","method":"GET","path":"/","request":null,"status":200,'
    '"headers":{}}'
)
CHUNK = '{"kind":"chunk","t":0.5,"text":"a"}'


def _verbatim(*chunks: Chunk) -> Cassette:
    return cassette_of(Exchange("GET", "/", None, 200, {}, chunks), dialect="verbatim")


@given(st.lists(st.tuples(st.floats(0, 60), st.binary())))
def test_any_chunks_survive(drawn: list[tuple[float, bytes]]) -> None:
    """Bytes and times come back exactly, wherever the cuts go through."""
    times = accumulate(t for t, _ in drawn)
    chunks = [Chunk(t, data) for t, (_, data) in zip(times, drawn, strict=True)]
    cassette = _verbatim(*chunks)
    assert loads(dumps(cassette).encode(), name="test") == cassette


@given(st.text(st.characters(exclude_categories=["Cs"])), st.data())
def test_any_cut_of_a_text_survives(text: str, data: st.DataObject) -> None:
    """A cut inside a character needs base64; nobody notices."""
    whole = text.encode()
    at = data.draw(st.integers(0, len(whole)))
    cassette = _verbatim(Chunk(0, whole[:at]), Chunk(0, whole[at:]))
    assert loads(dumps(cassette).encode(), name="test").exchanges[0].body == whole


def test_a_cut_inside_a_character_is_base64_and_all_else_is_text() -> None:
    """Cassettes stay readable: base64 only where there is no text."""
    lines = dumps(_verbatim(Chunk(0, b"a\xc3"), Chunk(1, b"\xa9"), Chunk(2, b"b")))
    kinds = [sorted(json.loads(line)) for line in lines.splitlines()[2:]]
    assert kinds == [["b64", "kind", "t"], ["b64", "kind", "t"], ["kind", "t", "text"]]


@pytest.mark.parametrize("name", names())
def test_every_shipped_cassette_reads_back_equal(name: str) -> None:
    """Writing what was read gives the same cassette."""
    cassette = load(name)
    assert loads(dumps(cassette).encode(), name=name) == cassette


MISTAKES = {
    "an empty file": ([], 1, "empty"),
    "no header": ([EXCHANGE], 1, "first line .*'cassette'"),
    "another format": ([HEADER.replace("1", "2")], 1, r"\$\.format"),
    "a strange dialect": ([HEADER.replace("verbatim", "../x")], 1, r"\$\.dialect"),
    "an unknown kind": (
        [HEADER, '{"kind":"chonk"}'],
        2,
        r"chonk.*chunk \(t, text, b64\)",
    ),
    "an unknown field": ([HEADER, EXCHANGE, CHUNK[:-1] + ',"x":1}'], 3, "field `x`"),
    "a wrong type": ([HEADER, EXCHANGE.replace("200", '"200"')], 2, r"\$\.status"),
    "an impossible status": ([HEADER, EXCHANGE.replace("200", "99")], 2, r"\$\.status"),
    "a missing field": ([HEADER, '{"kind":"exchange"}'], 2, "required field `method`"),
    "not JSON": ([HEADER, "{"], 2, "truncated"),
    "a blank line": ([HEADER, ""], 2, "truncated"),
    "two headers": ([HEADER, EXCHANGE, HEADER], 3, "only the first line"),
    "a chunk first": ([HEADER, CHUNK], 2, "chunk must follow its exchange"),
    "times going back": (
        [HEADER, EXCHANGE, CHUNK, CHUNK.replace("0.5", "0.4")],
        4,
        r"0\.4 .*0\.5",
    ),
    "a negative time": ([HEADER, EXCHANGE, CHUNK.replace("0.5", "-1")], 3, r"\$\.t"),
    "text and base64": (
        [HEADER, EXCHANGE, '{"kind":"chunk","t":0,"text":"","b64":""}'],
        3,
        "either 'text' or 'b64'",
    ),
    "neither": ([HEADER, EXCHANGE, '{"kind":"chunk","t":0}'], 3, "either 'text' or"),
    "bad base64": (
        [HEADER, EXCHANGE, '{"kind":"chunk","t":0,"b64":"!"}'],
        3,
        r"\$\.b64",
    ),
    "a host in the path": (
        [HEADER, EXCHANGE.replace('"/"', '"http://h/"')],
        2,
        r"\$\.path",
    ),
    "a header that is not allowed": (
        [HEADER, EXCHANGE.replace("{}", '{"set-cookie":"a"}')],
        2,
        "'set-cookie'.*allowed: .*content-type",
    ),
    "a header with a line break": (
        [HEADER, EXCHANGE.replace("{}", r'{"retry-after":"1\r\nx: y"}')],
        2,
        "value of header 'retry-after'",
    ),
    "a request nested too deep": (
        [HEADER, EXCHANGE.replace("null", '{"a":' + "[" * 70 + "]" * 70 + "}")],
        2,
        "deeper than 64",
    ),
    "a request nested beyond all reason": (
        [HEADER, EXCHANGE.replace("null", '{"a":' + "[" * 10**5 + "]" * 10**5 + "}")],
        2,
        "deeper than 64",
    ),
}


@pytest.mark.parametrize(
    ("lines", "number", "told"), MISTAKES.values(), ids=MISTAKES.keys()
)
def test_a_mistake_is_told_with_file_and_line(
    lines: list[str], number: int, told: str
) -> None:
    """Each kind of mistake is named where it is, with what would be right."""
    data = "".join(f"{line}\n" for line in lines).encode()
    with pytest.raises(CassetteError, match=rf"(?s)^f\.jsonl:{number}: .*{told}"):
        loads(data, name="f", file="f.jsonl")


def test_a_file_cut_off_is_told() -> None:
    """The last line must end, or nobody knows whether it is whole."""
    with pytest.raises(CassetteError, match=r"f:2: .*cut off"):
        loads(f"{HEADER}\n{EXCHANGE}".encode(), name="f")


def test_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many lines, or one too long, are refused before they are decoded."""
    data = f"{HEADER}\n{EXCHANGE}\n{CHUNK}\n".encode()
    monkeypatch.setattr(cassette_file, "MAX_CHUNKS", 2)
    with pytest.raises(CassetteError, match="at most 2 lines"):
        loads(data, name="f")
    monkeypatch.setattr(cassette_file, "MAX_CHUNKS", 3)
    monkeypatch.setattr(cassette_file, "MAX_LINE_BYTES", len(HEADER))
    with pytest.raises(CassetteError, match=f"f:2: a line has at most {len(HEADER)}"):
        loads(data, name="f")


def test_what_could_not_be_read_back_is_not_written() -> None:
    """A mistake of the writer shows when writing."""
    with pytest.raises(CassetteError, match=r"time 0(\.0)? .* 1(\.0)?;"):
        dumps(_verbatim(Chunk(1, b"a"), Chunk(0, b"b")))


def test_a_dialect_goes_by_its_former_name_too() -> None:
    """Files that call the verbatim dialect by its former name, tape, stay readable."""
    text = HEADER.replace("verbatim", "tape") + "\n"
    cassette = loads(text.encode(), name="old")
    assert cassette.dialect == "verbatim"
