import ast
import sys
from collections.abc import Iterator

import pytest

import midstream
from tests.packaging.helpers_build import CHECKOUT, PACKAGES, run, tracked

pytestmark = pytest.mark.process

SOURCE = (CHECKOUT / "src/midstream/__init__.py").read_text(encoding="utf-8")
HEAVY = ("aiohttp", "asyncio", "gevent", "locust", "msgspec", "requests", "typing")


def loaded_by(program: str) -> set[str]:
    """Return the modules that a new Python has loaded when *program* has run."""
    show = "import sys; print(*sys.modules, sep='\\n')"
    return set(run([sys.executable, "-c", f"{program}\n{show}"], CHECKOUT).split())


def for_type_checkers() -> Iterator[tuple[str, str]]:
    """Yield each name that type checkers are told, and its module."""
    blocks = [node for node in ast.parse(SOURCE).body if isinstance(node, ast.If)]
    for node in blocks[0].body:
        assert isinstance(node, ast.ImportFrom)
        assert node.level == 0
        for alias in node.names:
            assert alias.name == alias.asname, "else it would not be exported"
            yield alias.name, node.module or ""


def public_imports(source: str) -> Iterator[str]:
    """Yield what *source* imports from `midstream` itself that is a public name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "midstream":
            yield from (a.name for a in node.names if a.name in midstream.__all__)


def test_importing_it_is_light() -> None:
    """`import midstream` loads no module of ours, and none that takes long to load."""
    extra = loaded_by("import midstream") - loaded_by("import importlib")
    assert [name for name in extra if name.partition(".")[0] in HEAVY] == []
    assert [name for name in extra if name.startswith("midstream.")] == []
    assert len(extra) < 10


def test_a_name_loads_only_its_own_module() -> None:
    """Who asks for the verdicts does not wait for the network code."""
    loaded = loaded_by("import midstream; midstream.Verdict")
    assert "midstream.harness.oracle.verdict" in loaded
    assert not {"aiohttp", "asyncio", "midstream.harness.runs.campaign"} & loaded


def test_judging_loads_no_network_code() -> None:
    """A stored run can be judged without what speaks HTTP."""
    loaded = loaded_by("import midstream; midstream.judge")
    assert not {"aiohttp", "midstream.harness.runs.campaign"} & loaded


@pytest.mark.parametrize("name", sorted({*midstream.__all__} - {"StreamingUser"}))
def test_each_name_is_there(name: str) -> None:
    """Each public name is listed by `dir` and leads to the thing of that name."""
    assert name in dir(midstream)
    thing = getattr(midstream, name)
    assert getattr(thing, "__name__", name) == name


@pytest.mark.load
def test_locusts_user_is_there() -> None:
    """`StreamingUser` is a Locust user; only asking for it imports Locust."""
    program = "import midstream; assert 'locust' not in sys.modules"
    user = "assert midstream.StreamingUser.__mro__[1].__module__ == 'locust.user.users'"
    assert "locust" in loaded_by(f"import sys; {program}; {user}")


def test_a_name_that_is_not_there_is_an_error() -> None:
    """A misspelled name raises what Python raises for any module."""
    with pytest.raises(AttributeError, match="'midstream' has no attribute 'rum'"):
        midstream.rum  # type: ignore[attr-defined]  # noqa: B018 - it is what is tested


def test_type_checkers_are_told_the_same() -> None:
    """The imports for type checkers name the same things as the table."""
    assert dict(for_type_checkers()) == midstream._HOMES
    assert len(list(for_type_checkers())) == len(midstream.__all__)


def test_there_are_few_of_them() -> None:
    """The public names can be learnt: about thirty, none of them twice."""
    assert len(set(midstream.__all__)) == len(midstream.__all__) < 40


def test_we_do_not_use_them_ourselves() -> None:
    """Our modules import a thing from where it is, so that nothing goes in circles."""
    modules = [name for name in tracked(*PACKAGES) if name.endswith(".py")]
    found = {
        name: names
        for name in modules
        if (names := [*public_imports((CHECKOUT / name).read_text(encoding="utf-8"))])
    }
    assert found == {}
    assert list(public_imports("from midstream import Append, harness")) == ["Append"]
