"""Whether citations point at the marks they stand for.

Asked only of cassettes we write ourselves: real models miscount now and then.
"""

from midstream.mock_server.recordings.cassette import ASSISTANTS, Cassette

from .events import Annotation, DisorderError, RecordedMessage, Text, decode


def check_citations(cassette: Cassette) -> int:
    """Return the number of citations in completed messages, all of them right.

    "Indices are code-point offsets": in the one recorded example 29 to 53 spans the
    24 characters of the mark behind a prefix of 29.

    Raises:
        DisorderError: The text between the offsets is not the mark.
    """
    if cassette.dialect != ASSISTANTS:
        return 0
    found = [
        (text, annotation)
        for act in cassette.streams()
        for event in act.events()
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
        raise DisorderError(f"{annotation.text!r} is cited, but {span!r} stands there")
