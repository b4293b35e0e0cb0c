import pytest

from midstream.harness.load.storm.path_fault import PathCut
from midstream.harness.path.toxics import SetToxic


def test_a_cut_by_fin_is_a_limit_and_nothing_else() -> None:
    """The proxy counts, and closes: that is a FIN."""
    (limit,) = PathCut(bytes=900).placed("f1")
    assert (limit.type, limit.attributes, limit.toxicity) == (
        "limit_data",
        {"bytes": 900},
        1.0,
    )


def test_a_cut_by_rst_has_its_toxic_asleep_beside_the_limit() -> None:
    """Toxiproxy arms a connection when it opens, so it must be there before."""
    limit, arm = PathCut(bytes=900, end="rst").placed("f1")
    assert (limit.name, arm.name) == ("f1", "f1.arm")
    assert (arm.type, arm.toxicity) == ("reset_peer", 0.0)


def test_a_healed_cut_lets_later_connections_live() -> None:
    """The limit moves out of reach of any connection."""
    (change,) = PathCut(bytes=900).healed("f1")
    assert isinstance(change, SetToxic)
    assert change.attributes["bytes"] >= 10**12


def test_a_cut_counts_from_nothing_on() -> None:
    """What harms Toxiproxy never reaches it."""
    with pytest.raises(ValueError, match="from 0 to"):
        PathCut(bytes=-1)
