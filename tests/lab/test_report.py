"""The report: one page that needs nothing else, the same bytes every time, true to its numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import pytest

from engine.lab.report import contents, html_report, write_report
from tests.lab.made_up import source

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Tree(HTMLParser):
    """Checks that tags are closed in order and that ids are unique."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "xlink:href", "src"):
                self.references.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"


@pytest.fixture(scope="module")
def page() -> str:
    return html_report(source(30, failed=1))


def test_the_page_is_the_same_bytes_every_time(page: str) -> None:
    assert html_report(source(30, failed=1)) == page


def test_the_page_is_well_formed_and_loads_nothing_from_anywhere(page: str) -> None:
    tree = Tree()
    tree.feed(page)
    assert tree.open == []
    assert len(set(tree.ids)) == len(tree.ids)
    assert [r for r in tree.references if not r.startswith("#")] == []
    assert {r[1:] for r in tree.references} <= set(tree.ids)
    assert not re.findall(r"url\((?!#)", page)


def test_every_chart_has_a_title_a_description_and_text_that_is_text(page: str) -> None:
    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(charts) >= 6
    for svg in charts:
        assert re.search(r"<title[^>]*>[^<]+</title><desc[^>]*>[^<]+</desc>", svg)
        assert "<text" in svg


def test_the_page_weighs_little(page: str) -> None:
    assert len(page.encode()) < 700_000


def test_names_keep_their_letters_and_marks_in_names_are_harmless(page: str) -> None:
    assert "Šiauliai" in page
    assert "the link-up &lt;at last&gt;" in page
    assert "<at last>" not in page


def test_the_numbers_on_the_page_are_those_of_the_runs(page: str) -> None:
    given = source(30)
    mean = sum(r.outcome["values"]["axis.men_lost"] for r in given.rows) / 30
    assert f"{mean:,.0f}" in page


def test_a_failed_run_is_told(page: str) -> None:
    assert "1 failed" in page
    assert "ZeroDivisionError" in page


def test_a_partial_batch_and_runs_that_stop_before_the_end_are_told(page: str) -> None:
    assert "Run to" not in page
    assert "partial results" not in page
    given = source(10)
    asked = cast("dict[str, Any]", given.manifest["experiment"]) | {"runs": 40}
    partial = replace(given, manifest={**given.manifest, "experiment": asked, "horizon": 2160})
    day, told = given.scenario.start + timedelta(days=1), html_report(partial)
    assert "10 of 40 runs" in told
    assert "partial results" in told
    assert f"Run to {day.day} {day:%B %Y}, 12:00 only" in told


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_few_runs_make_a_page_too(count: int) -> None:
    html = html_report(source(count))
    Tree().feed(html)
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL).lower().split()


def test_what_decided_it_is_shown_only_with_enough_runs() -> None:
    assert contents(source(10))["influences"] == []
    assert len(contents(source(30))["influences"]) == 3


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = write_report(tmp_path / "new" / "report.html", source(2))
    assert path.read_text(encoding="utf-8").endswith("</html>\n") or path.read_text().endswith("</html>")
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]
