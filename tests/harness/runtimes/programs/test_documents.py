import json
import re
from pathlib import Path

import pytest

from midstream.harness.runtimes.programs import protocol, schema
from midstream.harness.runtimes.programs.limits import ProgramLimits
from midstream.harness.runtimes.programs.protocol import OPS, parse

DOCS = Path(__file__).parents[4] / "docs"
TEXT = (DOCS / "client-protocol.md").read_text(encoding="utf-8")
ANSWERS = re.findall(r"^ +← (\{.*\})$", TEXT, re.MULTILINE)
ORDERS = [
    line
    for line in re.findall(r"^ +→ (\{.*\})$", TEXT, re.MULTILINE)
    if "…" not in line
]


def test_the_schema_is_that_of_the_code() -> None:
    """If not, the module `schema`, run as a program, prints what the file has to be."""
    stored = (DOCS / "client-protocol.schema.json").read_bytes()
    assert stored == schema.encoded()


def test_the_schema_knows_every_line() -> None:
    """Each word of the protocol leads to a definition."""
    answer = schema.document()["$defs"]["answer"]
    words = set(answer["discriminator"]["mapping"])
    assert words == {"hello", *OPS, "end"}


@pytest.mark.parametrize("line", ANSWERS)
def test_the_lines_of_the_document_are_lines_of_the_protocol(line: str) -> None:
    """What the document shows from a program can be read."""
    assert parse(line.encode()) is not None


def test_the_orders_of_the_document_are_what_we_write() -> None:
    """What the document shows to a program is what it gets, field by field."""
    job, bye = map(json.loads, ORDERS)
    assert ["do", *protocol.Job.__struct_fields__] == list(job)
    assert bye == {"do": "bye"}
    assert len(ANSWERS) > 5


@pytest.mark.parametrize("word", ["hello", *OPS, "end"])
def test_every_line_is_explained(word: str) -> None:
    """The tables have a row for each."""
    assert f"| `{word}` |" in TEXT


def test_the_limits_of_the_document_are_the_limits() -> None:
    """Numbers that an author relies on are those of the code."""
    limits = ProgramLimits()
    assert f"within {limits.cancel_s:g} s" in TEXT
    assert f"status 0 within {limits.bye_s:g} s" in TEXT
    assert f"within {limits.hello_s:g} s of the start" in TEXT
    assert f"more than {limits.ops_max:,} operations".replace(",", " ") in TEXT
    assert f"or {limits.job_bytes >> 20} MiB in one job" in TEXT
    assert f"a line over {limits.line_bytes >> 20} MiB" in TEXT
