"""Edge: writes the result of a load run to standard output and to files."""

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
    """Print *result*, store it in *directory*, and write the files asked for."""
    _write(directory / "result.json", encode, result)
    for path, make in ((wanted.html, html.render), (wanted.json, encode)):
        if path is not None:
            _write(path, make, result)
    lines = ["", *text.render(result), f"report: {neutral(str(directory))}", ""]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()


def _write(path: Path, make: Callable[[LoadResult], bytes], result: LoadResult) -> None:
    """Write a file; if that fails, print why and go on."""
    try:
        write(path, make(result))
    except UnavailableError as error:
        sys.stderr.write(f"midstream: {error}\n")
