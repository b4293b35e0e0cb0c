import re
from pathlib import Path

import pytest

from tests.packaging.helpers_build import CHECKOUT, PACKAGES
from tests.packaging.helpers_foreign import (
    make_environment,
    make_repository,
    run_there,
    where,
)

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment into which the wheel is installed."""
    return make_environment(tmp_path_factory.mktemp("environment"), wheel)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Return a repository with modules of its own by our three names."""
    return make_repository(tmp_path)


def test_what_runs_there_is_the_wheel(python: Path, theirs: Path) -> None:
    """`midstream` is imported from the environment, not from the checkout."""
    done = run_there(python, theirs, "-c", where("midstream"))
    assert Path(done.stdout).is_relative_to(python.parents[1])


@pytest.mark.parametrize("name", PACKAGES)
def test_no_bare_name_is_installed(name: str, python: Path, tmp_path: Path) -> None:
    """The wheel takes no import name but `midstream`."""
    done = run_there(python, tmp_path, "-c", where(name))
    assert done.stdout == "None\n"


@pytest.mark.parametrize("name", PACKAGES)
def test_the_bare_names_are_theirs(name: str, python: Path, theirs: Path) -> None:
    """In their repository our three names lead to their modules."""
    done = run_there(python, theirs, "-c", where(name))
    assert Path(done.stdout).is_relative_to(theirs)


def test_their_tests_run(python: Path, theirs: Path) -> None:
    """A test of theirs can import their `harness` and `midstream` side by side."""
    done = run_there(python, theirs, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_the_doctor_minds_none_of_it(python: Path, theirs: Path) -> None:
    """`midstream doctor` finds that the import name is ours alone."""
    done = run_there(python, theirs, "-m", "midstream", "doctor")
    assert "✓ import name 'midstream' is ours alone" in done.stdout.splitlines()
    assert done.stderr == ""


@pytest.mark.toxiproxy
def test_a_run_minds_none_of_it(python: Path, theirs: Path) -> None:
    """The doctor says "ready", and a run is judged."""
    ready = run_there(python, theirs, "-m", "midstream", "doctor")
    assert ready.stdout.endswith("\nready\n"), ready.stdout
    words = ("run", "--client", "reference", "baseline/short_answer")
    done = run_there(python, theirs, "-m", "midstream", *words)
    assert done.returncode in {0, 3}, done.stdout + done.stderr  # 3: too busy to judge
    assert "1 run: " in done.stdout
    assert (theirs / "runs/latest/reference").is_dir()


def test_their_types_are_checked(python: Path, theirs: Path) -> None:
    """Strict mypy passes what docs/python.md shows, and finds a wrong argument."""
    page = (CHECKOUT / "docs/python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    wrong = "import midstream\nmidstream.run(3)\nmidstream.rum\n"
    for name, text in (("one", blocks[0]), ("two", blocks[1]), ("wrong", wrong)):
        (theirs / f"{name}.py").write_text(text, encoding="utf-8")
    mypy = ("-m", "mypy", "--strict", "--cache-dir", ".cache")
    found = run_there(python, theirs, *mypy, "one.py", "two.py", "wrong.py").stdout
    errors = [line for line in found.splitlines() if ": error: " in line]
    assert {error.partition(":")[0] for error in errors} == {"wrong.py"}, found
    assert len(errors) == 2
    assert 'incompatible type "int"; expected "Client | str"' in found
    assert 'Module has no attribute "rum"' in found
