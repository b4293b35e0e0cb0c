"""Checks that citations point at their marks.

Only cassettes that we write ourselves are checked: real models miscount at times.
"""

from midstream.mock_server.recordings.cassette import ASSISTANTS, Cassette

from .events import Annotation, DisorderError, RecordedMessage, Text, decode


def check_citations(cassette: Cassette) -> int:
    """Check the citations in completed messages; return how many there are.

    "Indices are code-point offsets": in the one recorded example 29 to 53 spans the
    24 characters of the mark behind a prefix of 29.

    Raises:
        DisorderError: The text between the offsets is not the mark.
    """
    if cassette.dialect != ASSISTANTS:
        return 0
    found = [
        (text, annotation)
        for stream in cassette.streams()
        for event in stream.events()
        if isinstance(
            data := decode(event.name or "message", event.data), RecordedMessage
        )
        for block in data.content
        if (text := block.text)
        for annotation in text.annotations
    ]
    for text, annotation in found:
        _check(text, annotation)
    return len(found)


def _check(text: Text, annotation: Annotation) -> None:
    span = text.value[annotation.start_index : annotation.end_index]
    if span != annotation.text:
        raise DisorderError(
            f"the citation of {annotation.text!r} points at {span!r} instead"
        )
