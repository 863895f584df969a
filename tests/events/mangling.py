"""Real shapes, damaged: what a reader must survive."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from events.columns import Columns
from events.github import Fact
from simulator.payloads import Payload
from simulator.payloads.deliveries import DELIVERIES

EVENTS = (*DELIVERIES, "star", "an_event_of_the_future")
MAX_TEXT = 4000
MAX_ITEMS = 100
MAX_DEPTH = 10


def nested(depth: int) -> object:
    value: object = 1
    for level in range(depth):
        value = [value] if level % 2 else {"id": value}
    return value


def odd_values() -> tuple[object, ...]:
    """Give values that no field expects, fresh ones, since damage is done to them too."""
    return (
        None,
        True,
        0,
        -1,
        2**63,
        -(2**63) - 1,
        10**400,
        1.5,
        float("nan"),
        float("-inf"),
        "",
        "\0",
        "a\ud800b\0c",
        "x" * 70_000,
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-01:00",
        "2026-11-02T09:00:00",
        [],
        {},
        [None, 1, "a", [], {}, {"id": "x"}],
        {"id": None, "number": [], "login": {}},
        [{"id": n, "number": n, "name": "\ud800" * n, "slug": "s"} for n in range(500)],
        nested(5000),
    )


def places(payload: Payload) -> Iterator[tuple[Any, Any]]:
    """Yield every container in a payload with each of its keys or indexes, links apart."""
    level: list[Any] = [payload]
    for _ in range(MAX_DEPTH):
        spots = [(node, key) for node in level for key in _keys(node)]
        yield from spots
        level = [node[key] for node, key in spots if isinstance(node[key], dict | list)]


def _keys(node: Any) -> list[Any]:  # noqa: ANN401  # any JSON
    if isinstance(node, list):
        return list(range(len(node)))
    return [key for key in node if not str(key).endswith("url")]


odd = st.integers(0, len(odd_values()) - 1).map(lambda n: odd_values()[n])


@st.composite
def mangled_deliveries(draw: st.DrawFn) -> tuple[str, Payload]:
    event = draw(st.sampled_from(EVENTS))
    payload = DELIVERIES.get(event, DELIVERIES["issues"])()
    for _ in range(draw(st.integers(1, 6))):
        spots = list(places(payload)) or [(payload, "id")]
        container, key = spots[draw(st.integers(0, len(spots) - 1))]
        _damage(container, key, draw(st.sampled_from("rdi")), draw(odd))
    return event, payload


def _damage(container: Any, key: Any, how: str, value: object) -> None:  # noqa: ANN401  # any JSON
    if how == "d":
        container.pop(key) if isinstance(container, list) else container.pop(key, None)
    elif how == "i" and isinstance(container, list):
        container.insert(key, value)
    elif how == "i":
        container[f"{key}\0\ud800"] = value
    else:
        container[key] = value


def assert_storable(record: Fact | Columns) -> None:
    """Check that both databases take every value of a fact or of the columns."""
    names = record._fields if isinstance(record, Columns) else record.__slots__
    for name in names:
        value = getattr(record, name)
        for part in value if isinstance(value, tuple) else (value,):
            _assert_storable(part)
        assert not isinstance(value, tuple) or len(value) <= MAX_ITEMS


def _assert_storable(value: object) -> None:
    if isinstance(value, str):
        assert "\0" not in value
        assert len(value.encode()) <= 4 * MAX_TEXT
        assert len(value) <= MAX_TEXT
    elif isinstance(value, datetime):
        assert value.tzinfo is UTC
        assert value.year >= 1970
    elif isinstance(value, tuple):
        for part in value:
            _assert_storable(part)
    elif is_dataclass(value):
        for each in fields(value):
            _assert_storable(getattr(value, each.name))
    elif value is not None:
        assert isinstance(value, int)
        assert -(2**63) <= value < 2**63
