"""Who is closed or refused when there are too many connections."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.metrics import Metrics
from runtime.callers import Headers, TrustedProxies, parse_networks
from runtime.connections import Caps, Connections

PROXY, HERE, THERE = "10.0.0.1", "203.0.113.7", "198.51.100.2"


def sent_for(address: str) -> Headers:
    return [(b"x-forwarded-for", address.encode())]


@dataclass(eq=False)
class Caller:
    cut: bool = False

    def cut_off(self) -> None:
        self.cut = True


@dataclass
class Door:
    """Connections of a small server, and a clock that stands."""

    caps: Caps
    now: float = 0.0
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        proxies = TrustedProxies(parse_networks(PROXY))
        self.all = Connections(self.caps, proxies, self.metrics, lambda: self.now)

    def comes(self, peer: str = "") -> Caller:
        caller = self.turned_away(peer)
        assert caller is not None
        return caller

    def turned_away(self, peer: str = "") -> Caller | None:
        caller = Caller()
        return caller if self.all.open(caller, peer or None) else None

    def asks(
        self, caller: Caller, peer: str = "", headers: Headers = (), *, delivery: bool = False
    ) -> bool:
        """Have a whole request from a caller, so that he waits for us."""
        if not self.all.begin(caller, peer or None, headers, delivery=delivery):
            return False
        self.all.go_on(caller)
        return True


@pytest.fixture
def door() -> Door:
    return Door(Caps(total=16, per_address=4))


def test_the_slowest_caller_makes_room(door: Door) -> None:
    callers = [door.comes() for _ in range(16)]
    assert door.asks(callers[0])
    assert not [each for each in callers if each.cut]
    door.comes()
    door.comes()
    assert [each.cut for each in callers[:4]] == [False, True, True, False]


def test_whoever_is_served_is_not_closed_and_then_there_is_no_room(door: Door) -> None:
    callers = [door.comes() for _ in range(16)]
    assert all(door.asks(each, delivery=True) for each in callers)
    assert door.turned_away() is None
    door.all.finish(callers[3])
    door.comes()
    assert [number for number, each in enumerate(callers) if each.cut] == [3]
    door.all.close(callers[5])
    assert door.asks(door.comes(), delivery=True)
    assert sum(each.cut for each in callers) == 1


def test_who_reads_no_answer_makes_room(door: Door) -> None:
    callers = [door.comes() for _ in range(16)]
    assert all(door.asks(each, delivery=True) for each in callers)
    door.all.wait(callers[7])
    door.comes()
    assert callers[7].cut


def test_who_was_answered_slowly_is_waited_for_anew(door: Door) -> None:
    callers = [door.comes() for _ in range(16)]
    assert door.asks(callers[0])
    for each in callers[1:15]:
        door.all.wait(each)
    door.all.wait(callers[0])  # the answer is not read
    door.all.finish(callers[0])
    for each in callers[1:15]:
        door.all.finish(each)
    door.comes()
    assert [each.cut for each in callers] == [False] * 15 + [True]
    door.comes()
    assert callers[0].cut


def test_whoever_is_closed_is_waited_for_no_more(door: Door) -> None:
    gone = door.comes(HERE)
    assert door.asks(gone, HERE)
    door.all.close(gone)
    door.all.finish(gone)
    callers = [door.comes() for _ in range(16)]
    assert not [each for each in (gone, *callers) if each.cut]


def test_some_are_kept_for_deliveries(door: Door) -> None:
    served = [each for each in (door.comes() for _ in range(16)) if door.asks(each)]
    assert len(served) == 14
    delivering = door.comes()
    assert door.asks(delivering, delivery=True)
    assert not door.asks(door.comes())
    door.all.finish(served[0])
    assert door.asks(served[0])


def test_an_address_has_its_share_and_pushes_out_only_its_own(door: Door) -> None:
    other = door.comes(THERE)
    callers = [door.comes(HERE) for _ in range(5)]
    assert [each.cut for each in callers] == [True, False, False, False, False]
    assert all(door.asks(each, HERE) for each in callers[1:])
    assert door.turned_away(HERE) is None
    door.comes(THERE)
    assert not other.cut


def test_deliveries_that_are_being_stored_are_in_no_share(door: Door) -> None:
    for _ in range(8):
        assert door.asks(door.comes(HERE), HERE, delivery=True)
    stored = door.comes(HERE)
    assert door.asks(stored, HERE, delivery=True)
    door.all.finish(stored)
    callers = [door.comes(HERE) for _ in range(4)]
    assert stored.cut
    assert not [each for each in callers if each.cut]


def test_a_proxy_has_no_share_but_each_whom_it_names(door: Door) -> None:
    callers = [door.comes(PROXY) for _ in range(10)]
    asked = [door.asks(each, PROXY, sent_for(HERE)) for each in callers[:5]]
    assert asked == [True, True, True, True, False]
    assert door.asks(callers[6], PROXY, sent_for(THERE))
    assert door.asks(callers[7], PROXY, [])
    door.all.finish(callers[0])
    assert door.asks(callers[8], PROXY, sent_for(HERE))
    assert not [each for each in callers if each.cut]


def test_what_others_write_who_are_no_proxies_does_not_count(door: Door) -> None:
    callers = [door.comes(HERE) for _ in range(4)]
    assert all(
        door.asks(each, HERE, sent_for(f"192.0.2.{number}")) for number, each in enumerate(callers)
    )
    assert door.turned_away(HERE) is None


def test_who_names_another_takes_nothing_of_what_is_theirs(door: Door) -> None:
    for _ in range(4):
        assert door.asks(door.comes(THERE), THERE, sent_for(HERE))
    assert door.turned_away(HERE) is not None


def test_what_is_gone_leaves_nothing_behind(door: Door) -> None:
    for number in range(100):
        caller = door.comes(PROXY if number % 2 else HERE)
        assert door.asks(caller, PROXY if number % 2 else HERE, sent_for(f"192.0.2.{number}"))
        door.all.close(caller)
    assert not door.all._shares  # noqa: SLF001 (what would grow with every address ever seen)
    assert door.metrics.registry.get_sample_value("orchestrator_connections") == 0


def test_it_is_said_at_once_and_then_once_a_minute(door: Door) -> None:
    with capture_logs() as logged:
        for _ in range(40):
            door.comes(HERE)
        door.now = 59.0
        door.comes(HERE)
        door.now = 61.0
        door.comes(HERE)
    said: list[tuple[Any, ...]] = [(line["address"], line["turned_away"]) for line in logged]
    assert said == [(HERE, 1), (HERE, 37)]
    assert all("ORCHESTRATOR_TRUSTED_PROXIES" in line["event"] for line in logged)
    found = door.metrics.registry.get_sample_value(
        "orchestrator_connections_turned_away_total", {"cap": "address"}
    )
    assert found == 38
