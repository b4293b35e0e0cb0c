"""Sixty streams and the events they hold, by the rules of WHATWG HTML, 9.2.6."""

from midstream.harness.reference_client.decoder import Event


def _e(data: str, kind: str = "message", last_id: str = "") -> Event:
    return Event(kind, data, last_id)


BOM = b"\xef\xbb\xbf"
SEPARATORS = "a\x0bb\x0cc\x1cd\x1de\x1ef"
UNICODE_BREAKS = "a\u2028b\u2029c\x85d"

VECTORS: dict[str, tuple[bytes, list[Event]]] = {
    "one data line": (b"data: hi\n\n", [_e("hi")]),
    "no space after the colon": (b"data:hi\n\n", [_e("hi")]),
    "of two spaces one is kept": (b"data:  hi\n\n", [_e(" hi")]),
    "a tab is kept": (b"data:\thi\n\n", [_e("\thi")]),
    "a space at the end is kept": (b"data:hi \n\n", [_e("hi ")]),
    "data lines are joined": (b"data: a\ndata: b\n\n", [_e("a\nb")]),
    "a bare field name has an empty value": (b"data\n\n", [_e("")]),
    "two bare field names make one line feed": (b"data\ndata\n\n", [_e("\n")]),
    "empty data is dispatched": (b"data:\n\n", [_e("")]),
    "no data, no event, and the type is forgotten": (
        b"event: x\n\ndata: y\n\n",
        [_e("y")],
    ),
    "an id alone is remembered": (b"id: 7\n\ndata: y\n\n", [_e("y", last_id="7")]),
    "a retry alone is no event": (b"retry: 5\n\ndata: y\n\n", [_e("y")]),
    "a comment alone is no event": (b": c\n\ndata: y\n\n", [_e("y")]),
    "blank lines first": (b"\n\n\ndata: y\n\n", [_e("y")]),
    "blank lines between": (b"data: y\n\n\n\n\ndata: z\n\n", [_e("y"), _e("z")]),
    "the end inside a line": (b"data: y", []),
    "the end behind a line": (b"data: y\n", []),
    "the end inside the second event": (b"data: a\n\ndata: y\n", [_e("a")]),
    "an id that is never dispatched": (
        b"id: 1\ndata: a\n\nid: 2\ndata: y\n",
        [_e("a", last_id="1")],
    ),
    "CRLF": (b"data: a\r\n\r\n", [_e("a")]),
    "CR": (b"data: a\r\r", [_e("a")]),
    "all line ends mixed": (
        b"data: a\r\n\ndata: b\n\r\ndata: c\r\r\n",
        [_e("a"), _e("b"), _e("c")],
    ),
    "CR, then LF": (b"data: a\rdata: b\n\n", [_e("a\nb")]),
    "CRLF in several lines": (b"data: a\r\ndata: b\r\n\r\n", [_e("a\nb")]),
    "LF, then CRLF": (b"data: a\n\r\n", [_e("a")]),
    "a byte order mark first": (BOM + b"data: a\n\n", [_e("a")]),
    "two byte order marks": (BOM + BOM + b"data: a\n\ndata: b\n\n", [_e("b")]),
    "a byte order mark later": (
        b"data: a\n\n" + BOM + b"data: b\n\ndata: c\n\n",
        [_e("a"), _e("c")],
    ),
    "a byte order mark in a value": (b"data: " + BOM + b"b\n\n", [_e("\ufeffb")]),
    "characters of several bytes": ("data: €豆腐😀\n\n".encode(), [_e("€豆腐😀")]),
    "a byte that is no UTF-8": (b"data: a\xffb\n\n", [_e("a\ufffdb")]),
    "a character cut by a line end": (
        b"data: a\xe2\x82\n\ndata: ok\n\n",
        [_e("a\ufffd"), _e("ok")],
    ),
    "Unicode's line ends are none": (
        f"data: {UNICODE_BREAKS}\n\n".encode(),
        [_e(UNICODE_BREAKS)],
    ),
    "ASCII's separators are none": (
        f"data: {SEPARATORS}\n\n".encode(),
        [_e(SEPARATORS)],
    ),
    "NUL in data is kept": (b"data: a\x00b\n\n", [_e("a\x00b")]),
    "NUL in an id: ignored": (b"id: a\x00b\ndata: y\n\n", [_e("y")]),
    "the id stays": (
        b"id: 1\ndata: a\n\ndata: b\n\n",
        [_e("a", last_id="1"), _e("b", last_id="1")],
    ),
    "a bare id resets it": (
        b"id: 1\ndata: a\n\nid\ndata: b\n\n",
        [_e("a", last_id="1"), _e("b")],
    ),
    "an empty id resets it": (
        b"id: 1\ndata: a\n\nid:\ndata: b\n\n",
        [_e("a", last_id="1"), _e("b")],
    ),
    "the type does not stay": (
        b"event: x\ndata: a\n\ndata: b\n\n",
        [_e("a", "x"), _e("b")],
    ),
    "an empty type is the default": (b"event:\ndata: a\n\n", [_e("a")]),
    "the last type counts": (b"event: x\nevent: y\ndata: a\n\n", [_e("a", "y")]),
    "an empty type resets it": (b"event: x\nevent:\ndata: a\n\n", [_e("a")]),
    "names have a case": (b"Data: no\nDATA: no\ndata: yes\n\n", [_e("yes")]),
    "a space before the name": (b" data: no\ndata: yes\n\n", [_e("yes")]),
    "a space behind the name": (b"data : no\ndata: yes\n\n", [_e("yes")]),
    "unknown fields": (b"foo: bar\ndata: yes\nfoo\n\n", [_e("yes")]),
    "only the first colon counts": (b"data: a:b:c\n\n", [_e("a:b:c")]),
    "empty comments in a block": (b":\ndata: y\n:\n\n", [_e("y")]),
    "a comment between data lines": (b"data: a\n: c\ndata: b\n\n", [_e("a\nb")]),
    "a long comment": (b":" + b"x" * 2050 + b"\ndata: y\n\n", [_e("y")]),
    "a very long line": (b"data: " + b"z" * 100_000 + b"\n\n", [_e("z" * 100_000)]),
    "a retry with a letter": (b"retry: 12x\ndata: y\n\n", [_e("y")]),
    "a negative retry": (b"retry: -1\ndata: y\n\n", [_e("y")]),
    "a retry in Arabic digits": ("retry: ١٢\ndata: y\n\n".encode(), [_e("y")]),
    "[DONE] is data": (b"data: [DONE]\n\n", [_e("[DONE]")]),
    "done is a type": (b"event: done\ndata: [DONE]\n\n", [_e("[DONE]", "done")]),
    "JSON over two lines": (b'data: {"a":\ndata: 1}\n\n', [_e('{"a":\n1}')]),
    "the order of types is kept": (
        b"event: a\ndata: 1\n\nevent: b\ndata: 2\n\nevent: a\ndata: 3\n\n",
        [_e("1", "a"), _e("2", "b"), _e("3", "a")],
    ),
    "two hundred events": (b"data: a\n\n" * 200, [_e("a")] * 200),
}
