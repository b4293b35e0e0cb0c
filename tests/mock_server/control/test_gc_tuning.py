import gc
from collections.abc import Iterator

import pytest

from midstream.mock_server.control.gc_tuning import gc_frozen, tune_gc


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Begin with nothing frozen, unlike other tests: see tests/conftest.py."""
    gc.unfreeze()
    yield
    gc.freeze()


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    """Return Python's own thresholds, set; undo afterwards what was tuned."""
    before = gc.get_threshold()
    gc.set_threshold(*(usual := (700, 10, 10)))
    yield usual
    gc.set_threshold(*before)


def test_what_was_there_before_is_not_walked_again() -> None:
    """Objects from before the block are out of the collector's way, and come back."""
    before = len(gc.get_objects())

    with gc_frozen():
        assert len(gc.get_objects()) < before / 10

    assert gc.get_freeze_count() == 0
    assert len(gc.get_objects()) > before / 10


def test_what_others_have_frozen_stays_so() -> None:
    """A process that has tuned the collector for good is not untuned by a run in it."""
    gc.freeze()
    before = gc.get_freeze_count()

    with gc_frozen():
        pass

    assert gc.get_freeze_count() >= before


def test_a_process_that_only_streams_is_tuned_for_good(
    thresholds: tuple[int, int, int],
) -> None:
    """What is there is frozen, and each generation is collected less often."""
    before = len(gc.get_objects())
    tune_gc()
    assert len(gc.get_objects()) < before / 10
    tuned = gc.get_threshold()
    assert all(new > old for new, old in zip(tuned, thresholds, strict=True))
