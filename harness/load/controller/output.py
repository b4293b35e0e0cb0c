"""Edge: says what came of a load run: on standard output, and in files."""

import sys
from collections.abc import Callable
from pathlib import Path

from midstream.harness.errors import UnavailableError
from midstream.harness.load.controller.wanted import Wanted
from midstream.harness.load.metrics.result import LoadResult, encode
from midstream.harness.load.report import html, text
from midstream.harness.plain_text import neutral
from midstream.harness.reports.console.files import write


def tell(result: LoadResult, wanted: Wanted, directory: Path) -> None:
    """Print *result*, keep it in *directory*, and write the files asked for."""
    _write(directory / "result.json", encode, result)
    for path, make in ((wanted.html, html.render), (wanted.json, encode)):
        if path is not None:
            _write(path, make, result)
    lines = ["", *text.render(result), f"report: {neutral(str(directory))}", ""]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()


def _write(path: Path, make: Callable[[LoadResult], bytes], result: LoadResult) -> None:
    """Write a file; that it cannot be is said, and costs nothing else."""
    try:
        write(path, make(result))
    except UnavailableError as error:
        sys.stderr.write(f"midstream: {error}\n")
