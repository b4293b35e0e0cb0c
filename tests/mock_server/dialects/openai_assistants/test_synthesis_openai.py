from typing import TYPE_CHECKING, Any

import pytest

from midstream.mock_server.library import load, names

if TYPE_CHECKING:
    from pydantic import TypeAdapter

pytestmark = pytest.mark.openai

NAMES = [name for name in names() if name.startswith("openai_assistants/")]


def _adapter() -> "TypeAdapter[Any]":
    from openai.types.beta import AssistantStreamEvent
    from pydantic import TypeAdapter

    return TypeAdapter(AssistantStreamEvent)


@pytest.mark.parametrize("name", NAMES)
def test_every_event_validates_against_the_sdks_own_types(name: str) -> None:
    """Strictly: no conversion, no missing field, the class of the event's name."""
    adapter = _adapter()
    for stream in load(name).streams():
        for event in stream.events()[:-1]:
            text = f'{{"event":"{event.name}","data":{event.data}}}'
            assert adapter.validate_json(text, strict=True).event == event.name


@pytest.mark.parametrize("name", NAMES)
def test_the_strict_check_can_fail(name: str) -> None:
    """A run that lacks its instructions is refused."""
    from pydantic import ValidationError

    run = load(name).streams()[0].events()[0].data.replace('"instructions":"', '"x":"')
    with pytest.raises(ValidationError, match="instructions"):
        _adapter().validate_json(f'{{"event":"thread.run.created","data":{run}}}')
