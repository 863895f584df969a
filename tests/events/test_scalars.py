from datetime import UTC, datetime

import pytest

from events.scalars import excerpt, flag, integer, moment, storable, text

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("value", [0, -1, 2**63 - 1, -(2**63)])
def test_an_integer_of_64_bits_is_one(value: int) -> None:
    assert integer(value) == value


@pytest.mark.parametrize("value", [True, 2**63, -(2**63) - 1, 10**400, 1.0, "1", None, [1]])
def test_anything_else_is_no_integer(value: object) -> None:
    assert integer(value) is None


def test_only_booleans_are_flags() -> None:
    assert flag(value=False) is False
    assert flag(0) is None


def test_a_name_that_is_too_long_is_none_and_an_excerpt_is_cut() -> None:
    assert text("main", 4) == "main"
    assert text("mains", 4) is None
    assert excerpt("mains", 4) == "main"
    assert excerpt(["main"], 4) is None


def test_what_no_database_takes_is_replaced() -> None:
    assert storable("a\0b\ud800c\udfffd") == "a\ufffdb\ufffdc\ufffdd"
    assert storable("grün 🚀") == "grün 🚀"


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-02T09:00:00Z",
        "2026-11-02T09:00:00+00:00",
        "2026-11-02T09:00:00.000Z",
        "2026-11-02T10:00:00+01:00",
        "2026-11-02T04:00:00-05:00",
        1793610000,
    ],
)
def test_github_s_ways_to_write_a_time_give_the_same_one(value: object) -> None:
    assert moment(value) == AT
    assert getattr(moment(value), "tzinfo", None) is UTC


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-02T09:00:00",
        "2026-11-02",
        "2026-02-30T09:00:00Z",
        "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-01:00",
        "soon",
        "",
        "2026-11-02T09:00:00\ud800",
        -1,
        253402300800,
        10**400,
        1793610000.5,
        True,
        None,
    ],
)
def test_what_is_no_time_of_our_years_is_none(value: object) -> None:
    assert moment(value) is None
