"""A message's blocks: their deltas, and the completed blocks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .objects import Obj
from .tokens import MARK


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message's content: *tokens*, an *image* or None, cited *files* by name."""

    tokens: Sequence[str]
    image: str | None
    files: Mapping[str, str]

    def deltas(self) -> Iterator[Obj]:
        """Yield the block of each delta: first the image, then a token each.

        The first delta of a text has an empty list of annotations. A citation comes
        with its mark, with an index and an empty quote. Source:
        docs/research/wire.md, Delta payloads.
        """
        if self.image:
            yield {"index": 0, **_image(self.image)}
        index, at, cited = int(bool(self.image)), 0, 0
        for number, token in enumerate(self.tokens):
            text: Obj = {"value": token}
            if mark := MARK.fullmatch(token):
                citation = _citation(token, at, self.files[mark[1]], {"quote": ""})
                text["annotations"] = [{"index": cited, **citation}]
                cited += 1
            elif not number:
                text["annotations"] = []
            yield {"index": index, "type": "text", "text": text}
            at += len(token)

    def content(self) -> tuple[Obj, ...]:
        """Return the blocks of the completed message; an empty one has none."""
        image = (_image(self.image),) if self.image else ()
        if not self.tokens:
            return image
        text = {"value": "".join(self.tokens), "annotations": list(self._citations())}
        return (*image, {"type": "text", "text": text})

    def _citations(self) -> Iterator[Obj]:
        at = 0
        for token in self.tokens:
            if mark := MARK.fullmatch(token):
                yield _citation(token, at, self.files[mark[1]], {})
            at += len(token)


def _image(file_id: str) -> Obj:
    return {
        "type": "image_file",
        "image_file": {"file_id": file_id, "detail": "auto"},
    }


def _citation(mark: str, at: int, file_id: str, extra: Obj) -> Obj:
    """Return the annotation of *mark*, which stands at code point *at*."""
    return {
        "type": "file_citation",
        "text": mark,
        "start_index": at,
        "end_index": at + len(mark),
        "file_citation": {"file_id": file_id, **extra},
    }
