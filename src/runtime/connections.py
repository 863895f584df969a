"""How many connections there may be, and whose is closed when there are too many.

At its beginning nobody knows what a connection wants. So nobody is turned away there as long as
anybody keeps us waiting: who does so longest makes room. A delivery is here in milliseconds; those
who drip their requests, or read no answer, only ever push each other out.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic
from typing import Protocol

import structlog

from api.metrics import Metrics
from runtime.callers import Headers, TrustedProxies, share_of

_TELL_SECONDS = 60.0
_RESERVE = 8  # the share of connections that only deliveries may use: one in so many

_log = structlog.get_logger("server")


class Connection(Protocol):
    """One caller's connection."""

    def cut_off(self) -> None:
        """Close it at once, whatever is under way."""
        ...


@dataclass(frozen=True, slots=True)
class Caps:
    """How many connections one process has in all, and for one address."""

    total: int = 1024
    per_address: int = 256

    @property
    def others(self) -> int:
        """How many may serve at once what is no delivery."""
        return max(1, self.total - max(1, self.total // _RESERVE))


@dataclass(eq=False, slots=True)
class _Pool:
    """Connections under one cap; who keeps us waiting, the longest first."""

    cap: int
    members: set[Connection] = field(default_factory=set)
    waiting: OrderedDict[Connection, None] = field(default_factory=OrderedDict)


class Connections:
    """All connections of one process: whom each is for, and whether we wait for its caller."""

    def __init__(
        self,
        caps: Caps,
        proxies: TrustedProxies,
        metrics: Metrics,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._caps = caps
        self._proxies = proxies
        self._trusts = lru_cache(maxsize=1024)(proxies.trusts)  # of peers: reading one takes 5 µs
        self._metrics = metrics
        self._notices = _Notices(clock)
        self._all = _Pool(caps.total)
        self._shares: dict[str, _Pool] = {}
        self._peers: dict[Connection, str] = {}
        self._callers: dict[Connection, str] = {}
        self._others: set[Connection] = set()
        self._storing: set[Connection] = set()

    def open(self, connection: Connection, peer: str | None) -> bool:
        """Take in a new connection, whose caller we now wait for; False: there is no room."""
        direct = None if peer is None or self._trusts(peer) else share_of(peer)
        if not (direct is None or self._make_room(self._share(direct), "address", direct)):
            return False
        if not self._make_room(self._all, "connections"):
            return False
        if direct is not None:
            self._peers[connection] = direct
        self._all.members.add(connection)
        self.wait(connection)
        self._metrics.connections.set(len(self._all.members))
        return True

    def begin(
        self, connection: Connection, peer: str | None, headers: Headers, *, delivery: bool
    ) -> bool:
        """Take in a request whose head is there; False: it is refused.

        Whoever a trusted proxy sends it for has the share of one who connects.
        """
        if not delivery and len(self._others) >= self._caps.others:
            self._turn_away("requests", self._caps.others)
            return False
        if peer is not None and self._trusts(peer):
            caller = self._proxies.caller(peer, headers)
            share = None if caller is None else share_of(caller)
            if share is not None:
                if not self._make_room(self._share(share), "address", share):
                    return False
                self._callers[connection] = share
                self._join(share, connection)
        (self._storing if delivery else self._others).add(connection)
        return True

    def wait(self, connection: Connection) -> None:
        """Note that from now on we wait for the caller: for a request, or to read an answer."""
        if connection not in self._all.members:
            return
        _wait_in(self._all, connection)
        for address in self._addresses(connection):
            _wait_in(self._shares.setdefault(address, _Pool(self._caps.per_address)), connection)

    def go_on(self, connection: Connection) -> None:
        """Note that the caller is waiting for us.

        A delivery that is being stored is in nobody's share: were the database slow, GitHub's
        address would soon have too many.
        """
        self._all.waiting.pop(connection, None)
        for address in self._addresses(connection):
            if pool := self._shares.get(address):
                pool.waiting.pop(connection, None)
        if connection in self._storing:
            self._leave_shares(connection)

    def finish(self, connection: Connection) -> None:
        """Note that a request is answered; the next is awaited."""
        self._others.discard(connection)
        self._storing.discard(connection)
        if share := self._callers.pop(connection, None):
            self._leave(share, connection)
        self.wait(connection)

    def close(self, connection: Connection) -> None:
        """Forget a connection."""
        self._all.members.discard(connection)
        self._all.waiting.pop(connection, None)
        self._leave_shares(connection)
        self._others.discard(connection)
        self._storing.discard(connection)
        self._callers.pop(connection, None)
        self._peers.pop(connection, None)
        self._metrics.connections.set(len(self._all.members))

    def _make_room(self, pool: _Pool, cap: str, address: str | None = None) -> bool:
        if len(pool.members) < pool.cap:
            return True
        self._turn_away(cap, pool.cap, address)
        slowest = next(iter(pool.waiting), None)
        if slowest is None:
            return False
        self.close(slowest)
        slowest.cut_off()
        return True

    def _turn_away(self, cap: str, most: int, address: str | None = None) -> None:
        self._metrics.turned_away(cap)
        self._notices.note(cap, most, address)

    def _share(self, address: str) -> _Pool:
        """Return an address's pool, which is kept once somebody joins it."""
        return self._shares.get(address) or _Pool(self._caps.per_address)

    def _addresses(self, connection: Connection) -> tuple[str, ...]:
        peer, caller = self._peers.get(connection), self._callers.get(connection)
        if peer is None:
            return () if caller is None else (caller,)
        return (peer,) if caller is None else (peer, caller)

    def _join(self, address: str, connection: Connection) -> None:
        pool = self._shares.setdefault(address, _Pool(self._caps.per_address))
        pool.members.add(connection)
        if connection in self._all.waiting:
            pool.waiting[connection] = None

    def _leave_shares(self, connection: Connection) -> None:
        for address in self._addresses(connection):
            self._leave(address, connection)

    def _leave(self, address: str, connection: Connection) -> None:
        if (pool := self._shares.get(address)) is None:
            return
        pool.members.discard(connection)
        pool.waiting.pop(connection, None)
        if not pool.members:
            del self._shares[address]


def _wait_in(pool: _Pool, connection: Connection) -> None:
    pool.members.add(connection)
    pool.waiting[connection] = None
    pool.waiting.move_to_end(connection)


_TOLD = {
    "connections": "too many connections; the slowest are closed",
    "address": "too many connections from one address; its slowest are closed. If it is a proxy of"
    " yours, name it in ORCHESTRATOR_TRUSTED_PROXIES",
    "requests": "too many requests beside deliveries; more are refused",
}


class _Notices:
    """Says in the log that a cap is reached: at once, then once a minute with how often."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._counts: dict[str, int] = {}
        self._told_at: dict[str, float] = {}

    def note(self, cap: str, most: int, address: str | None) -> None:
        """Count one who was turned away, and say so if it is time to; of addresses the last."""
        self._counts[cap] = self._counts.get(cap, 0) + 1
        now = self._clock()
        if now - self._told_at.get(cap, float("-inf")) < _TELL_SECONDS:
            return
        self._told_at[cap] = now
        which = {} if address is None else {"address": address}
        _log.warning(_TOLD[cap], cap=most, turned_away=self._counts.pop(cap), **which)
