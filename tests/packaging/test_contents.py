from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.packaging.helpers_build import (
    PACKAGES,
    build_sdist,
    build_wheel,
    copy_checkout,
    in_wheel,
    tracked,
)

pytestmark = pytest.mark.process


def contents(wheel: Path) -> list[str]:
    """Return the names of the files in *wheel*."""
    with ZipFile(wheel) as file:
        return sorted(name for name in file.namelist() if not name.endswith("/"))


def expected() -> list[str]:
    """Return where the wheel has to hold each tracked file of the packages."""
    return sorted(in_wheel(name) for name in tracked(*PACKAGES, "src/midstream"))


def packaged(wheel: Path) -> list[str]:
    """Return the names in *wheel* of all but its metadata."""
    return [name for name in contents(wheel) if ".dist-info/" not in name]


def test_the_wheel_holds_each_tracked_file_and_no_other(wheel: Path) -> None:
    """The wheel holds each tracked file of the packages, and nothing else."""
    assert packaged(wheel) == expected()


def test_there_is_data_to_lose() -> None:
    """Scenarios, cassettes, pages and programs are among what the wheel must hold."""
    endings = {Path(name).suffix for name in expected()}
    assert {".py", ".toml", ".jsonl", ".json", ".html", ".js", ".mjs"} <= endings
    assert "midstream/py.typed" in expected()


def test_the_wheel_has_one_import_name(wheel: Path) -> None:
    """Only `midstream` and the metadata stand at the top of the wheel."""
    tops = {name.partition("/")[0] for name in contents(wheel)}
    [metadata] = tops - {"midstream"}
    assert metadata.startswith("midstream-")
    assert metadata.endswith(".dist-info")


def test_the_sdist_gives_the_same_wheel(
    source: Path, wheel: Path, tmp_path: Path
) -> None:
    """A wheel built from the sdist holds the same files as one from the checkout."""
    for name in ("sdist", "wheel"):
        (tmp_path / name).mkdir()
    unpacked = build_sdist(source, tmp_path / "sdist")
    again = build_wheel(unpacked, tmp_path / "wheel")
    assert contents(again) == contents(wheel)


def test_no_package_is_left_out_because_git_ignores_its_name(tmp_path: Path) -> None:
    """`/runs/` and `/dist/` are ignored at the top of the checkout, not in packages."""
    tree = copy_checkout(tmp_path / "tree")
    for name in ("harness/runs/probe.py", "harness/dist/probe.py", "runs/probe.py"):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).touch()
    (tmp_path / "wheel").mkdir()
    held = packaged(build_wheel(tree, tmp_path / "wheel"))
    extra = ["midstream/harness/dist/probe.py", "midstream/harness/runs/probe.py"]
    assert held == sorted([*expected(), *extra])
