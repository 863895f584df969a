"""What goes wrong with requests: at a rate, or as often as ordered."""

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus

from simulator.draws import Seed
from simulator.http.answer import Answer, refusal
from simulator.http.limits import secondary_limit
from simulator.plan import Faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong with a request: ``answer`` stands in for the right one.

    With ``late`` it does only after the request took effect. A comment that was posted then is
    missing from the next ``unlisted`` lists of comments. After so many ``seconds`` of our clock the
    answer is sent, or ``lost``: the connection is closed in its place.
    """

    answer: Answer | None = None
    late: bool = False
    unlisted: int = 0
    seconds: float = 0.0
    lost: bool = False


@dataclass(slots=True, kw_only=True)
class _Order:
    trouble: Trouble
    method: str | None
    path: str | None
    times: int


class Troubles:
    """Which request goes wrong next, by its method and the template of its path."""

    def __init__(self, seed: Seed) -> None:
        self.faults = Faults()
        self._seed = seed
        self._orders: list[_Order] = []
        self._asked: Counter[tuple[str, str]] = Counter()

    def order(
        self,
        trouble: Trouble,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int = 1,
    ) -> None:
        """Let the next requests go wrong: all, or those of a method, a path's template or both."""
        self._orders.append(_Order(trouble=trouble, method=method, path=path, times=times))

    def next(self, method: str, path: str) -> Trouble | None:
        """Return what goes wrong with a request."""
        self._asked[method, path] += 1
        for order in self._orders:
            if order.times and order.method in (None, method) and order.path in (None, path):
                order.times -= 1
                return order.trouble
        return self._drawn(f"{method} {path} {self._asked[method, path]}")

    def _drawn(self, name: str) -> Trouble | None:
        faults = self.faults
        if faults.throttled and self._seed.happens(faults.throttled, "throttled", name):
            return throttled(faults.retry_after)
        if faults.bad_gateway and self._seed.happens(faults.bad_gateway, "bad gateway", name):
            return bad_gateway(late=self._seed.happens(0.5, "late", name))
        return None


def bad_gateway(*, late: bool = False, unlisted: int = 0) -> Trouble:
    """Build a 502."""
    return Trouble(answer=refusal(502, "Server Error"), late=late, unlisted=unlisted)


def failing(status: int, *, late: bool = False) -> Trouble:
    """Build an answer that says no more than its status, such as 500 or 503."""
    return Trouble(answer=refusal(status, HTTPStatus(status).phrase), late=late)


def slow(seconds: float) -> Trouble:
    """Build the right answer, after seconds of our clock."""
    return Trouble(seconds=seconds)


def lost() -> Trouble:
    """Build a connection that is closed after the request took effect, before its answer."""
    return Trouble(late=True, lost=True)


def throttled(retry_after: int) -> Trouble:
    """Build the secondary limit's 403, with seconds of our clock to wait."""
    return Trouble(answer=secondary_limit(retry_after))
