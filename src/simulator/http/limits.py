"""GitHub's rate limits: how many requests an hour, and how much content a minute."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from simulator.clock import Clock
from simulator.http.answer import Answer, refusal

_HOUR = 3600.0
_MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many requests a caller may make in a simulated hour, and how many that make content."""

    requests_an_hour: int = 5000
    content_a_minute: int = 80
    content_an_hour: int = 500


@dataclass(slots=True)
class _Window:
    ends_at: float
    used: int = 0


class Limits:
    """What each caller has used; its hours are simulated ones, told in seconds of our clock."""

    def __init__(self, clock: Clock, now: Callable[[], float]) -> None:
        self.allowance = Allowance()
        self._clock = clock
        self._now = now
        self._windows: dict[tuple[str, str], _Window] = {}
        self._content: dict[str, deque[float]] = defaultdict(deque)

    def use(self, caller: str, resource: str) -> Answer | None:
        """Count a request; return GitHub's refusal when there were too many."""
        window = self._window(caller, resource)
        if window.used >= self.allowance.requests_an_hour:
            return refusal(403, f"API rate limit exceeded for {caller}.")
        window.used += 1
        return None

    def make_content(self, caller: str) -> Answer | None:
        """Count a request that makes content; return the secondary limit's refusal."""
        now, made = self._clock.elapsed, self._content[caller]
        while made and made[0] <= now - _HOUR:
            made.popleft()
        minute = [at for at in made if at > now - _MINUTE]
        if len(minute) >= self.allowance.content_a_minute:
            return secondary_limit(self._ours(minute[0] + _MINUTE - now))
        if len(made) >= self.allowance.content_an_hour:
            return secondary_limit(self._ours(made[0] + _HOUR - now))
        made.append(now)
        return None

    def headers(self, caller: str, resource: str) -> dict[str, str]:
        """Return what every answer says of the limit."""
        window = self._window(caller, resource)
        limit = self.allowance.requests_an_hour
        return {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(max(0, limit - window.used)),
            "x-ratelimit-used": str(window.used),
            "x-ratelimit-reset": str(math.ceil(self._now() + self._ours(self._left(window)))),
            "x-ratelimit-resource": resource,
        }

    def _window(self, caller: str, resource: str) -> _Window:
        window = self._windows.get((caller, resource))
        if window is None or self._left(window) <= 0:
            window = self._windows[caller, resource] = _Window(self._clock.elapsed + _HOUR)
        return window

    def _left(self, window: _Window) -> float:
        return window.ends_at - self._clock.elapsed

    def _ours(self, simulated: float) -> int:
        return max(1, math.ceil(simulated / (self._clock.speed or 1)))


def secondary_limit(retry_after: int) -> Answer:
    """Build the answer of the secondary limit."""
    message = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    )
    return refusal(403, message, headers={"retry-after": str(retry_after)})
