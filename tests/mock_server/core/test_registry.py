import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pytest

from midstream.mock_server import FAULTS, MockServerError, Registry, UnknownNameError
from midstream.mock_server.core.faults.early_end import EarlyEnd


def test_a_things_name_is_its_files_name() -> None:
    """Nobody wrote the name a second time."""
    assert FAULTS["early_end"] is EarlyEnd
    assert "early_end" in FAULTS
    assert list(FAULTS) == FAULTS.names() == sorted(FAULTS.names())


def test_shared_files_are_no_things() -> None:
    """A file whose name begins with an underscore is not found."""
    assert not [name for name in FAULTS if name.startswith("_")]


def test_an_unknown_name_suggests_the_nearest() -> None:
    """A typing error is answered with what was meant."""
    with pytest.raises(UnknownNameError, match="no fault is called 'early_ned'; did"):
        FAULTS["early_ned"]


def test_a_name_like_no_other_lists_some() -> None:
    """Without a near name the first dozen is shown, and how many more there are."""
    error = UnknownNameError("letter", "?", "abcdefghijklmnop")
    assert str(error).endswith("known: a, b, c, d, e, f, g, h, i, j, k, l and 4 more")


@pytest.mark.parametrize(("known", "said"), [((), "is none"), ([""], "has a name")])
def test_a_name_where_there_are_none_says_so(known: Iterable[str], said: str) -> None:
    """A list of known names that is empty, or of empty ones, is not printed."""
    assert str(UnknownNameError("letter", "?", known)).endswith(said)


def test_a_second_thing_in_one_file_is_rejected() -> None:
    """Two names for one file would make one of them unreachable."""
    registry: Registry[type] = Registry("fault", "midstream.mock_server.core.faults")
    registry.register(EarlyEnd)

    with pytest.raises(MockServerError, match="early_end registers two faults"):
        registry.register(EarlyEnd)


MODULE = "midstream.mock_server.core.position"
"""A module that is no package: it has no files of its own."""


def test_a_row_has_the_name_that_its_table_gives_it() -> None:
    """A module that holds the registry may be the table."""
    registry: Registry[int] = Registry("number", MODULE)
    registry.register_as("two", 2)
    registry.register_as("one", 1)

    assert (registry["one"], registry["two"]) == (1, 2)
    assert list(registry) == ["one", "two"]
    with pytest.raises(UnknownNameError, match="no number is called 'tow'"):
        registry["tow"]


def test_a_second_row_of_a_name_is_rejected() -> None:
    """Two things of one name would make one of them unreachable."""
    registry: Registry[int] = Registry("number", MODULE)
    registry.register_as("one", 1)

    with pytest.raises(MockServerError, match="two numbers are called one"):
        registry.register_as("one", 2)


def test_a_row_cannot_have_a_files_name() -> None:
    """Whichever of the two was imported first would be found."""
    registry: Registry[int] = Registry("fault", "midstream.mock_server.core.faults")

    with pytest.raises(MockServerError, match="two faults are called early_end"):
        registry.register_as("early_end", 1)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry[int]:
    """Return the registry of a package with the things "file", "one" and "two"."""
    name = f"things_of_{tmp_path.name}"
    home = tmp_path / name
    home.mkdir()
    register = f"from {name} import THINGS; THINGS.register"
    (home / "__init__.py").write_text(
        "from midstream.mock_server import Registry\n"
        "THINGS = Registry('thing', __name__)\n"
    )
    (home / "file.py").write_text(f"{register}(type('File', (), {{}}))")
    (home / "few_rows.py").write_text(
        f"{register}_as('one', 1); THINGS.register_as('two', 2)"
    )
    monkeypatch.syspath_prepend(tmp_path)
    found: Registry[int] = import_module(name).THINGS
    return found


def test_a_table_of_a_package_is_found_and_is_no_thing(package: Registry[int]) -> None:
    """Its rows stand among the files; its own name does not."""
    assert package.names() == ["file", "one", "two"]
    assert "few_rows" not in package


def test_a_row_is_found_before_anybody_has_asked_for_all_names(
    package: Registry[int],
) -> None:
    """The first look-up reads the tables."""
    assert package["two"] == 2


def test_no_table_imports_a_file(package: Registry[int]) -> None:
    """Asking for all names loads the tables and nothing else."""
    package.names()

    assert not [name for name in sys.modules if name.endswith(".file")]
