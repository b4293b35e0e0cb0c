import json
from typing import Any

import msgspec
import pytest

from midstream.harness.record import ops
from midstream.harness.runtimes.programs import ProgramError
from midstream.harness.runtimes.programs.protocol import (
    OPS,
    Bye,
    Cancel,
    End,
    Hello,
    Said,
    encode,
    parse,
)

LINES: dict[str, tuple[dict[str, Any], ops.Op]] = {
    "append": (
        {"message": "m", "text": "Hi", "part": 1},
        ops.Append(message="m", text="Hi", part=1),
    ),
    "replace": ({"message": "m", "text": "Hi"}, ops.Replace(message="m", text="Hi")),
    "retract": ({"message": "m", "count": 2}, ops.Retract(message="m", count=2)),
    "notice": ({"text": "no"}, ops.Notice(text="no", level="error")),
    "tool_exec": (
        {"call_id": "c", "name": "f", "arguments": "{}"},
        ops.ToolExec(call_id="c", name="f", arguments="{}"),
    ),
    "tool_submit": ({"call_ids": ["c"]}, ops.ToolSubmit(call_ids=("c",))),
    "attempt": ({"what": "poll"}, ops.Attempt(what="poll")),
    "error": (
        {"text": "cut", "is_definite": False},
        ops.ClientError(text="cut", is_definite=False),
    ),
    "settle": (
        {"turn": 0, "claim": "failed"},
        ops.Settle(turn=0, claim="failed", reason=""),
    ),
    "final": (
        {"messages": [{"message": "m", "parts": {"0": "Hi"}}]},
        ops.Final(messages=(ops.FinalMessage(message="m", parts={0: "Hi"}),)),
    ),
}
HELLO = {"op": "hello", "protocol": 1, "name": "c", "version": "1", "level": 1}
BAD = {
    "rubbish": (b"hello world", "'hello world': it is not JSON"),
    "a log line like an array": (b"[info] starting", "it is not JSON"),
    "not UTF-8": (b"\xff\xfe", "it is not JSON"),
    "an empty line": (b"", "'': the line is empty"),
    "a list": (b"[]", 'it is not an object with an "op"'),
    "a word that is close": (b'{"op":"apend"}', "did you mean 'append'?"),
    "a word that is not": (b'{"op":"xyzzy"}', "known: append, attempt, end"),
    "a word that is a list": (b'{"op":["append"]}', "no op is called"),
    "a field that is missing": (b'{"op":"end"}', "missing required field `job`"),
    "a field that is too much": (
        b'{"op":"end","job":"j1","x":1}',
        "unknown field `x`; known: job, crash",
    ),
    "a wrong type": (
        b'{"op":"append","job":"j1","message":1,"text":""}',
        "$.message: Expected `str`, got `int`",
    ),
    "a number below zero": (
        b'{"op":"retract","job":"j1","message":"m","count":-1}',
        "$.count: Expected `int` >= 0",
    ),
    "depth": (b"[" * 100_000, "nested too deeply"),
    "depth in an object": (b'{"op":' + b"[" * 100_000, "nested too deeply"),
}
BAD_HELLOS: dict[str, dict[str, Any]] = {
    "another protocol": {"protocol": 2},
    "a name that leaves its folder": {"name": "../x"},
    "a name that ends in a line feed": {"name": "x\n"},
    "no name": {"name": ""},
    "a level of a program without protocol": {"level": 0},
    "no jobs at all": {"concurrency": 0},
}


@pytest.mark.parametrize("word", OPS)
def test_every_op_is_read_from_its_line(word: str) -> None:
    """A line has the fields of the operation; some have a default."""
    fields, op = LINES[word]
    line = json.dumps({"op": word, "job": "j1", **fields}).encode()
    assert parse(line) == Said("j1", op)


@pytest.mark.parametrize(("line", "why"), BAD.values(), ids=BAD)
def test_a_bad_line_is_quoted_and_explained(line: bytes, why: str) -> None:
    """The message has the line's beginning, what is wrong, and what would be right."""
    with pytest.raises(ProgramError) as raised:
        parse(line)
    assert why in str(raised.value)
    assert len(str(raised.value)) < 400


def test_a_bad_line_cannot_steer_a_terminal() -> None:
    """Control characters of a quoted line are shown as escapes."""
    with pytest.raises(ProgramError, match=r"\\x1b\[2J"):
        parse(b"\x1b[2J")


@pytest.mark.parametrize("fields", BAD_HELLOS.values(), ids=BAD_HELLOS)
def test_a_hello_that_cannot_be_used_is_refused(fields: dict[str, Any]) -> None:
    """A name becomes a directory, a level picks the invariants: both are checked."""
    with pytest.raises(ProgramError):
        parse(json.dumps({**HELLO, **fields}).encode())


def test_a_hello_says_what_may_be_left_out() -> None:
    """Profile, capabilities and concurrency have careful defaults."""
    hello = parse(json.dumps(HELLO).encode())
    assert isinstance(hello, Hello)
    assert hello.concurrency == 1
    info = hello.info()
    assert (info.name, info.level, info.capabilities) == ("c", 1, ())


def test_an_end_may_tell_of_a_crash() -> None:
    """An exception that escaped stands in the line that ends the job."""
    assert parse(b'{"op":"end","job":"j1"}') == End(job="j1", crash=None)
    line = b'{"op":"end","job":"j1","crash":"TypeError: x"}'
    assert parse(line) == End(job="j1", crash="TypeError: x")


def test_half_a_character_becomes_the_replacement_character() -> None:
    """JavaScript can cut a surrogate pair; the text is judged, not the line."""
    line = b'{"op":"append","job":"j1","message":"m","text":"a\\ud83d \\ud83d\\ude00"}'
    op = ops.Append(message="m", text="a\ufffd \U0001f600")
    assert parse(line) == Said("j1", op)


def test_orders_are_lines() -> None:
    """What a program reads is one object, and one line feed at its end."""
    assert encode(Bye()) == b'{"do":"bye"}\n'
    assert msgspec.json.decode(encode(Cancel(job="j1"))) == {
        "do": "cancel",
        "job": "j1",
    }


def test_an_order_is_one_line_to_everybody() -> None:
    """What some take for a line's end is escaped: the text stays the same."""
    line = encode(Cancel(job="\u0085\u2028\u2029"))
    assert line.decode().splitlines() == [r'{"do":"cancel","job":"\u0085\u2028\u2029"}']
    assert json.loads(line)["job"] == "\u0085\u2028\u2029"
