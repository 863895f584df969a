"""A figure is told with its aim, what it cost and what it is held against."""

from benchmarks.figures import Cost, Line, as_markdown, at_least, at_most

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


def test_a_document_gets_one_row_a_figure() -> None:
    [_, _, row] = as_markdown({"ingest": [_LINE]})
    assert row == (
        "| `ingest` | a delivery | 0.234 | ≥ 0.5, missed | 1.2 ms, 2 ms | a bare route 300 µs"
        " | 0.25 |"
    )
