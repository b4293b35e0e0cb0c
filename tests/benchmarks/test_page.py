import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "performance.md").read_text()


def test_the_page_shows_every_curve_there_is() -> None:
    """None is missing, and none was forgotten in the folder."""
    shown = re.findall(r"\]\(performance/(\w+\.svg)\)", PAGE)
    assert sorted(shown) == sorted(p.name for p in (DOCS / "performance").iterdir())


@pytest.mark.parametrize(
    "path", sorted((DOCS / "performance").glob("*.svg")), ids=lambda path: path.name
)
def test_a_curve_is_small(path: Path) -> None:
    """It is drawn anew each time, and kept."""
    assert path.stat().st_size < 10_000
