import base64
from pathlib import Path

import pytest
import yaml

from midstream.mock_server.core.errors import CassetteError
from midstream.mock_server.library import import_file, import_vcr, load
from midstream.mock_server.recordings import yaml_reader
from midstream.mock_server.recordings.cassette import Cassette, Exchange

SSE = {"Content-Type": ["text/event-stream"], "Set-Cookie": ["a=b"]}


def _vcr(
    body: object = None,
    *,
    uri: str = "https://user:pw@api.example.org:8443/v1/chat?limit=2",
    headers: object = None,
    request_body: object = None,
    key: str = "interactions",
) -> str:
    one = {
        "request": {
            "method": "post",
            "uri": uri,
            "headers": {"Authorization": ["Bearer abcdefghijklmnop"]},
            "body": request_body,
        },
        "response": {"status": {"code": 200}, "headers": headers, "body": body},
    }
    return yaml.safe_dump({key: [one], "version": 1}, allow_unicode=True)


def _exchange(cassette: Cassette) -> Exchange:
    (exchange,) = cassette.exchanges
    return exchange


def test_host_credentials_and_unlisted_headers_stay_behind() -> None:
    """Path and query are kept, and of the headers what the list allows."""
    found = _exchange(import_vcr(_vcr({"string": "x"}, headers=SSE), title="t"))
    assert (found.method, found.path) == ("POST", "/v1/chat?limit=2")
    assert found.headers == {"content-type": "text/event-stream"}


def test_a_stream_becomes_one_chunk_an_event() -> None:
    """The pace is invented and says so; what does not end stays the last chunk."""
    body = {"string": "data: a\n\ndata: b\r\n\r\ndata: c\n\n: end"}
    cassette = import_vcr(_vcr(body, headers=SSE), title="t")
    assert [(chunk.t, chunk.data) for chunk in _exchange(cassette).chunks] == [
        (0, b"data: a\n\n"),
        (0.03, b"data: b\r\n\r\n"),
        (0.06, b"data: c\n\n"),
        (0.09, b": end"),
    ]
    assert "invented" in cassette.provenance


def test_the_pieces_in_which_a_stream_came_are_kept() -> None:
    """Wherever they end; only their times are invented."""
    body = {"string": "data: é\n\ndata: b\n\n", "chunk_bytes": [7, 6, 6]}
    cassette = import_vcr(_vcr(body, headers=SSE), title="t")
    data = [chunk.data for chunk in _exchange(cassette).chunks]
    assert data == [b"data: \xc3", b"\xa9\n\ndat", b"a: b\n\n"]
    assert [chunk.t for chunk in _exchange(cassette).chunks] == [0, 0.03, 0.06]
    assert "an event" not in cassette.provenance


WRONG_SIZES: dict[str, tuple[object, str]] = {
    "less than the body": ([3], "3 bytes.*body has 9"),
    "more than the body": ([10], "10 bytes.*body has 9"),
    "none": ([], "0 bytes.*body has 9"),
    "an empty piece": ([0, 9], "1 or more"),
    "no numbers": (["9"], "1 or more"),
    "no list": (9, "list"),
}


@pytest.mark.parametrize(
    ("sizes", "told"), WRONG_SIZES.values(), ids=WRONG_SIZES.keys()
)
def test_pieces_that_are_not_the_body_are_refused(sizes: object, told: str) -> None:
    """With the interaction, and both numbers."""
    body = {"string": "data: a\n\n", "chunk_bytes": sizes}
    with pytest.raises(CassetteError, match=f"t: interaction 0: .*{told}"):
        import_vcr(_vcr(body, headers=SSE), title="t")


def test_a_body_that_was_decoded_may_keep_the_header() -> None:
    """Recorders decode bodies and leave the header as it was."""
    headers = {**SSE, "Content-Encoding": ["gzip"]}
    found = _exchange(
        import_vcr(_vcr({"string": "data: a\n\n"}, headers=headers), title="t")
    )
    assert found.body == b"data: a\n\n"
    assert "content-encoding" not in found.headers


def test_the_older_layout_for_httpx_is_read() -> None:
    """It has the status and the body by other names."""
    response = {
        "status_code": 201,
        "http_version": "HTTP/1.1",
        "content": "data: a\n\n",
    }
    one = {
        "request": {"method": "POST", "uri": "/v1/chat"},
        "response": {**response, "headers": {"content-type": "text/event-stream"}},
    }
    found = _exchange(import_vcr(yaml.safe_dump({"interactions": [one]}), title="t"))
    assert (found.status, found.body) == (201, b"data: a\n\n")


BODIES: dict[str, tuple[object, bytes]] = {
    "a string": ({"string": "hé"}, "hé".encode()),
    "bytes": ({"string": b"\xff\n\n\x00"}, b"\xff\n\n\x00"),
    "base64": ({"encoding": "x", "base64_string": "/wo=\n"}, b"\xff\n"),
    "a bare string": ("plain", b"plain"),
    "nothing": (None, b""),
    "an empty string": ({"string": ""}, b""),
}


@pytest.mark.parametrize(("body", "data"), BODIES.values(), ids=BODIES.keys())
def test_bodies_come_in_several_forms(body: object, data: bytes) -> None:
    """The Python and the Ruby VCR write bodies differently; the bytes are the same."""
    found = _exchange(import_vcr(_vcr(body), title="t"))
    assert found.body == data
    assert len(found.chunks) == bool(data)


REQUESTS: dict[str, tuple[object, object]] = {
    "JSON text": ('{"stream": true}', {"stream": True}),
    "JSON in a mapping": ({"string": '{"a": 1}'}, {"a": 1}),
    "JSON in base64": ({"base64_string": base64.b64encode(b"{}").decode()}, {}),
    "a form": ("a=1&b=2", None),
    "a list": ("[1]", None),
    "nothing": (None, None),
}


@pytest.mark.parametrize(("body", "request_"), REQUESTS.values(), ids=REQUESTS.keys())
def test_only_a_json_object_is_kept_of_a_request(
    body: object, request_: object
) -> None:
    """Uploads and forms are not replayed."""
    assert _exchange(import_vcr(_vcr(request_body=body), title="t")).request == request_


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("/v1/threads", "openai_assistants"),
        ("/v1/assistants/asst_1", "openai_assistants"),
        ("/v1/responses?about=/threads", "verbatim"),
        ("/v1/chat/completions", "verbatim"),
    ],
)
def test_the_path_tells_the_dialect(path: str, dialect: str) -> None:
    """Threads and assistants exist in one API only; all else is verbatim."""
    text = _vcr({"string": "{}"}, uri=f"https://threads.example{path}")
    assert import_vcr(text, title="t").dialect == dialect


def test_ruby_files_are_read_too() -> None:
    """Ruby's VCR calls its list http_interactions."""
    assert len(import_vcr(_vcr(key="http_interactions"), title="t").exchanges) == 1


REFUSED = {
    "Python objects": ("a: !!python/object/apply:os.system ['x']", "f:1: tag .*python"),
    "Python names": ("a: !!python/name:os.system", "f:1: tag .* is refused"),
    "private tags": ("a: !ruby/object:Object {}", "f:1: tag '!ruby/object:Object'"),
    "aliases": ("a: &x [1]\nb: *x", r"f:2: alias \*x is refused"),
    "depth": ("[" * 100 + "]" * 100, "f:1: .* deeper than 64"),
    "great depth": ("[" * 100_000, "f:1: .* deeper than 64"),
    "two documents": ("a: 1\n---\nb: 2", "not valid YAML"),
    "no YAML": ("a: [", r"not valid YAML: .*line \d"),
    "control characters": ("a: \x00", "not valid YAML"),
    "a bad date": ("a: 2024-13-45", "not valid YAML"),
    "a list as key": ("? [a]\n: b", "not valid YAML"),
    "a list": ("- 1", "'interactions'"),
    "nothing": ("", "'interactions'"),
    "another mapping": ("openapi: 3.1.0", "'interactions'"),
    "interactions that are none": ("interactions: 7", "Expected `array`"),
    "an interaction with other keys": ("interactions: [{1: 2}]", "interactions: "),
    "no status": (
        "interactions: [{request: {method: GET, uri: /}, response: {}}]",
        r"`status`.* - at `\$\[0\]\.response`",
    ),
    "a body that is a number": (
        _vcr({"string": 7}),
        "f: interaction 0: .*not int",
    ),
    "bad base64": (_vcr({"base64_string": "!"}), "f: interaction 0: base64_string"),
    "a compressed body": (
        _vcr({"string": b"\x1f\x8b\x08"}, headers={"Content-Encoding": ["gzip"]}),
        "f: interaction 0: .*content-encoding.*decode",
    ),
    "an incoherent stream": (
        _vcr({"string": "data: a\n\n"}, headers=SSE, uri="/v1/threads/t/runs"),
        "f: interaction 0: event 0",
    ),
}


@pytest.mark.parametrize(("text", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_files_are_refused_with_a_reason(text: str, told: str) -> None:
    """Nothing is executed, nothing expands, and the message says why."""
    with pytest.raises(CassetteError, match=f"(?s){told}"):
        import_vcr(text, title="f")


def test_a_billion_laughs_are_refused_at_once() -> None:
    """The file is refused at its first alias, not when memory is full."""
    rows = [f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]" for i in range(30)]
    with pytest.raises(CassetteError, match="alias"):
        import_vcr("\n".join(["a0: &a0 [lol]", *rows]), title="f")


def test_size_and_count_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too long is not parsed, what has too many parts is not built."""
    monkeypatch.setattr(yaml_reader, "MAX_NODES", 10)
    with pytest.raises(CassetteError, match="more than 10 nodes"):
        import_vcr(f"[{'1, ' * 20}]", title="f")
    monkeypatch.setattr(yaml_reader, "MAX_TEXT_CHARS", 5)
    with pytest.raises(CassetteError, match="more than 5 characters"):
        import_vcr("a: 1234", title="f")


def test_a_file_is_imported_into_a_folder_or_a_file(tmp_path: Path) -> None:
    """The folder is made; what was written can be loaded."""
    source = tmp_path / "talk.yaml"
    source.write_text(_vcr({"string": "é"}), encoding="utf-8")
    assert import_file(source, tmp_path / "out") == tmp_path / "out" / "talk.jsonl"
    named = import_file(source, tmp_path / "other.jsonl")
    assert load(named).exchanges == load(tmp_path / "out" / "talk.jsonl").exchanges


def test_an_import_never_overwrites(tmp_path: Path) -> None:
    """Somebody's file may be there already."""
    source = tmp_path / "talk.yaml"
    source.write_text(_vcr())
    import_file(source, tmp_path)
    with pytest.raises(CassetteError, match=r"talk\.jsonl: exists already"):
        import_file(source, tmp_path)


def test_a_secret_in_a_body_stops_the_import(tmp_path: Path) -> None:
    """Not even an empty file is left behind."""
    source = tmp_path / "talk.yaml"
    source.write_text(_vcr({"string": "my key is sk-" + "a1" * 20}))
    with pytest.raises(CassetteError, match=r"exchange 0, response body .*API key"):
        import_file(source, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["talk.yaml"]


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_an_unreadable_file_is_told(tmp_path: Path, content: bytes | None) -> None:
    """Missing and not UTF-8 are both said plainly."""
    if content is not None:
        (tmp_path / "talk.yaml").write_bytes(content)
    reason = "No such file" if content is None else "UTF-8"
    with pytest.raises(CassetteError, match=rf"talk\.yaml: .*{reason}"):
        import_file(tmp_path / "talk.yaml", tmp_path)
