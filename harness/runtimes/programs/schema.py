"""The protocol as JSON Schema, made from the structs that read and write its lines.

``python -m midstream.harness.runtimes.programs.schema`` prints
docs/client-protocol.schema.json.
"""

import sys
from typing import Any

import msgspec

from .protocol import ANSWER, ORDER


def document() -> dict[str, Any]:
    """Return the schema; "order" is a line to a program, "answer" one from it."""
    (order, answer), components = msgspec.json.schema_components(
        [ORDER, ANSWER], ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "midstream client protocol 1",
        "description": "One line: to a client program (order) or from it (answer).",
        "anyOf": [{"$ref": "#/$defs/order"}, {"$ref": "#/$defs/answer"}],
        "$defs": {"order": order, "answer": answer, **components},
    }


def encoded() -> bytes:
    """Return the file: indented, with a line feed at its end."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(encoded())
