import gc

from midstream.harness.runs.gc_pause import gc_frozen


def test_what_was_there_before_is_not_walked_again() -> None:
    """Objects from before the block are out of the collector's way, and come back."""
    before = len(gc.get_objects())

    with gc_frozen():
        assert len(gc.get_objects()) < before / 10

    assert gc.get_freeze_count() == 0
    assert len(gc.get_objects()) > before / 10
