"""What a cell says besides its verdict stands in every report, and is explained."""

import json
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from midstream.harness.reports import Report
from midstream.harness.reports.clients_page import render as page
from midstream.harness.reports.grid import SHARE_MEANS
from midstream.harness.reports.html import render as html
from midstream.harness.reports.json_file import encode, matrix_document
from midstream.harness.reports.junit import render as junit
from midstream.harness.reports.markdown import document
from midstream.harness.reports.notes import Notes
from midstream.harness.reports.terminal import matrix
from midstream.harness.reports.words import RESENT, RESENT_MEANS
from tests.harness.reports.helpers_reports import (
    FakeOutcome,
    failed,
    judged,
    report,
    resent,
)

TEXTS: dict[str, Callable[[Report], str]] = {
    "terminal": lambda given: "\n".join(matrix(given)),
    "markdown": document,
    "html": lambda given: html(given).decode(),
    "page": lambda given: page(given, Notes(), "midstream matrix"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_request_sent_again_below_is_marked_and_explained(name: str) -> None:
    """The mark stands behind the verdict, what it means once beside the table."""
    text = TEXTS[name](report(failed(), resent()))

    assert f"✗ DUPLICATE_EFFECT {RESENT}" in text
    assert f"✗ SILENT_TRUNCATION {RESENT}" not in text
    assert text.count(RESENT_MEANS) == 1


@pytest.mark.parametrize("name", TEXTS)
def test_a_mark_that_does_not_occur_is_not_explained(name: str) -> None:
    """Where the client did all by itself, nothing is said of others."""
    text = TEXTS[name](report(failed()))

    assert RESENT not in text
    assert RESENT_MEANS not in text


def apart() -> Report:
    """Return a report on a cell that failed twice and passed once."""
    passed = FakeOutcome(judged(scenario="protocol/early_end"))
    return replace(report(failed(), passed, failed()), repeat=3)


@pytest.mark.parametrize("name", TEXTS)
def test_a_cell_whose_repeats_differ_says_how_many_agree(name: str) -> None:
    """The most frequent verdict, its share, what a share means, and the agreement."""
    text = TEXTS[name](apart())

    assert "✗ 2/3 SILENT_TRUNCATION" in text
    assert SHARE_MEANS in text
    assert "agreement: 0 of 1 cells agree in all 3 repeats" in text


def test_programs_are_told_what_differs() -> None:
    """JSON counts the verdicts of each cell that does not agree."""
    document = json.loads(encode(matrix_document(apart())))
    assert document["agreement"] == {
        "repeats": 3,
        "cells": 1,
        "agreeing": 0,
        "apart": [
            {
                "client": "naive",
                "scenario": "protocol/early_end",
                "verdicts": {"SILENT_TRUNCATION": 2, "RECOVERED": 1},
            }
        ],
    }
    assert "agreement" not in json.loads(encode(matrix_document(report(failed()))))


def test_each_repeat_has_a_name_of_its_own_in_junit() -> None:
    """A CI system that knows test cases by name shows all of them."""
    root = ET.fromstring(junit(apart()))  # noqa: S314 - ours
    names = [case.get("name") for case in root.iter("testcase")]
    assert names == [f"protocol/early_end (repeat {number})" for number in (1, 2, 3)]


def test_a_marked_cell_keeps_its_colour() -> None:
    """The class of a cell is its grade, whatever else it says."""
    text = html(report(resent())).decode()
    assert f'<span class="FAILED">✗ DUPLICATE_EFFECT {RESENT}</span>' in text


def test_programs_are_told_the_numbers() -> None:
    """JSON has the counts where there are any, and no key where there are none."""
    (part,) = json.loads(encode(matrix_document(report(failed(), resent()))))["clients"]
    plain, marked = part["runs"]
    assert "resent" not in plain
    assert marked["resent"] == [
        {"what": "run", "told": 1, "received": 2, "evidence": [9]}
    ]
