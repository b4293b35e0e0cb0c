from pathlib import Path

import pytest

from benchmarks import unit
from benchmarks.errors import BenchmarkError
from benchmarks.load_generator import FIRST, Generators
from benchmarks.machine import Cores

pytestmark = pytest.mark.process

EVENTS = 20


def generators(folder: Path) -> Generators:
    """Return what makes rounds of short streams, with hardly any time for them."""
    made = unit.make(folder, EVENTS)
    return Generators(unit=made, cores=Cores.pick(), warm_up_s=0.5, seconds=1.0)


@pytest.mark.load
@pytest.mark.openai
@pytest.mark.parametrize("kind", FIRST)
def test_each_kind_holds_streams_that_are_whole(kind: str, tmp_path: Path) -> None:
    """A few streams end, nothing is wrong with any, and both processes had work."""
    done = generators(tmp_path).generate(kind, 3)
    assert (done.kind, done.streams, done.events, done.flaw) == (kind, 3, EVENTS, "")
    assert done.ended > 0
    assert min(done.cpu_s, done.server_s) > 0


@pytest.mark.load
@pytest.mark.openai
def test_a_kind_that_is_none_is_no_round(tmp_path: Path) -> None:
    """A load generator that breaks says so, and leaves nothing to count."""
    with pytest.raises(BenchmarkError, match="nobody gives no result"):
        generators(tmp_path).generate("nobody", 3)
