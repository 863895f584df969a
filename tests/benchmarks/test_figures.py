"""A figure is told with its aim, what it cost and what it is held against."""

from pathlib import Path

from benchmarks.figures import Cost, Line, at_least, at_most
from benchmarks.page import table, write_into

_LINE = Line(
    what="a delivery",
    figure=0.2345,
    aim=at_least(0.5),
    cost=Cost(processor=0.0012, wall=0.002),
    against="a bare route",
    yardstick=Cost(processor=0.0003),
)


def test_a_ratio_is_the_yardsticks_processor_time_against_ours() -> None:
    assert _LINE.ratio == 0.25
    assert Line(what="alone", figure=1.0).ratio is None


def test_an_aim_says_whether_it_is_met() -> None:
    assert _LINE.document()["met"] is False
    assert _LINE.document()["aim"] == "≥ 0.5, missed"
    assert Line(what="quick", figure=2.5, aim=at_most(3)).document()["met"] is True
    assert Line(what="free", figure=2.5).document()["met"] is None


_ROW = (
    "| `ingest` | a delivery | 0.234 | ≥ 0.5, missed | 1.2 ms, 2 ms | a bare route 300 µs | 0.25 |"
)


def test_a_document_gets_one_row_a_figure() -> None:
    assert [*table({"ingest": [_LINE]})][-1] == _ROW


def test_in_a_document_what_was_not_measured_again_stays(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("Before.\n<!-- figures -->\n<!-- end of figures -->\nAfter.\n")
    write_into(document, {"pages": [Line(what="a page", figure=3.0)]}, ["ingest", "pages"])
    write_into(document, {"ingest": [_LINE]}, ["ingest", "pages"])
    told = document.read_text()
    assert told.startswith("Before.\n")
    assert told.endswith("\nAfter.\n")
    rows = [row for row in told.splitlines() if row.startswith("| `")]
    assert rows == [_ROW, "| `pages` | a page | 3.0 |  |  |  |  |"]


def test_what_cannot_be_measured_yet_is_told_as_such() -> None:
    line = Line(what="two processes", figure=None, aim=at_least(1.6))
    assert line.document()["met"] is None
    assert line.cells()[1:3] == ("", "≥ 1.6, not yet")
