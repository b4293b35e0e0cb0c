from pathlib import Path
from typing import Any

import pytest
import yaml

from midstream.mock_server.library import import_file, import_vcr, load, loads
from midstream.mock_server.recordings.cassette import Cassette
from midstream.mock_server.recordings.cassette_file import dumps

pytestmark = pytest.mark.recordings

EVENTS = {  # as the table beside the recordings says
    "assistants_code_interpreter_existing": [96],
    "assistants_code_interpreter_new_thread": [95],
    "assistants_file_search_citations": [24],
    "assistants_function_tool": [10, 89],
    "assistants_incomplete_max_tokens": [26, 26],
    "assistants_run_polling": [],
    "assistants_text": [32],
    "chat_completions_text": [196],
    "responses_background_resume": [336, 334],
    "responses_function_call": [14],
    "responses_hello": [17],
    "responses_text": [86, 87],
}


def _imported(recordings: Path, name: str) -> Cassette:
    text = (recordings / f"{name}.yaml").read_text(encoding="utf-8")
    return import_vcr(text, title=name)


def test_no_recording_of_assistants_is_left_out(recordings: Path) -> None:
    """The table names every recording of the API that has a dialect."""
    found = {path.stem for path in recordings.glob("assistants_*.yaml")}
    assert found == {name for name in EVENTS if name.startswith("assistants_")}


@pytest.mark.parametrize("name", EVENTS)
def test_a_recording_reads_back_equal(recordings: Path, name: str) -> None:
    """Import, write, load: the same values, coherent, and free of secrets."""
    cassette = _imported(recordings, name)
    assert loads(dumps(cassette).encode(), name=name) == cassette
    assistants = name.startswith("assistants")
    assert cassette.dialect == ("openai_assistants" if assistants else "verbatim")


@pytest.mark.parametrize("name", EVENTS)
def test_a_recording_keeps_its_bytes(recordings: Path, name: str) -> None:
    """Joined chunks are the recorded body, to the byte."""
    document: Any = yaml.safe_load((recordings / f"{name}.yaml").read_bytes())
    bodies = [one["response"]["body"]["string"] for one in document["interactions"]]
    exchanges = _imported(recordings, name).exchanges
    assert [e.body for e in exchanges] == [body.encode() for body in bodies]


@pytest.mark.parametrize(("name", "counts"), EVENTS.items(), ids=EVENTS.keys())
def test_a_recording_has_its_events(
    recordings: Path, name: str, counts: list[int]
) -> None:
    """Each stream has as many events as was counted, one a chunk."""
    streams = _imported(recordings, name).streams()
    assert [len(stream.events()) for stream in streams] == counts
    assert [len(stream.chunks) for stream in streams] == counts


def test_a_recording_can_be_imported_as_a_file(
    recordings: Path, tmp_path: Path
) -> None:
    """The way the command line takes."""
    written = import_file(recordings / "assistants_text.yaml", tmp_path)
    assert len(load(written).streams()[0].events()) == 32


def test_the_recorded_pieces_are_imported(recordings: Path) -> None:
    """Where a recorder kept them: their sizes, in order, are those of the chunks."""
    found = sorted(recordings.glob("*_chunked.yaml"))
    assert found
    for path in found:
        document: Any = yaml.safe_load(path.read_bytes())
        sizes = [
            one["response"]["body"]["chunk_bytes"] for one in document["interactions"]
        ]
        cassette = _imported(recordings, path.stem)
        chunks = [[len(c.data) for c in e.chunks] for e in cassette.exchanges]
        assert chunks == sizes
        assert loads(dumps(cassette).encode(), name=path.stem) == cassette
