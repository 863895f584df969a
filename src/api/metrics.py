"""Prometheus metrics of one process."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LAGS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)  # seconds


# By name without its prefix: what it is, and its labels.
_COUNTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "deliveries": (
        "Webhook deliveries by outcome: accepted, duplicate, or the code of the refusal.",
        ("outcome",),
    ),
    "connections_turned_away": (
        "Connections closed and requests refused, by the cap that was reached.",
        ("cap",),
    ),
}
_GAUGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "log_position": ("Newest position in the log.", ()),
    "projection_lag_events": (
        "Events in the log that a projection does not reflect yet.",
        ("projection",),
    ),
    "parked_events": ("Events that a projection could not digest.", ("projection",)),
    "log_lines_lost": ("Log lines that could not be written since the process began.", ()),
    "background_task_down": ("1 while a background task of this process is down.", ("task",)),
    "read_replica_down": (
        "1 while the primary is read in the place of a replica that is set.",
        (),
    ),
    "event_loop_lag_longest_seconds": (
        "The latest that the event loop came back since the process began.",
        (),
    ),
    "live_streams": ("Open live streams.", ()),
    "connections": ("Open connections.", ()),
}


class Metrics:
    """Counters that the API keeps as it goes, and gauges set when somebody looks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "orchestrator_request_seconds",
            "Time to answer a request, by route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        # By method, route and status, and by outcome: to look one up among its labels takes longer
        # than to count.
        self._requests: dict[tuple[str, str, int], Histogram] = {}
        self._deliveries: dict[str, Counter] = {}
        self._loop_lag = Histogram(
            "orchestrator_event_loop_lag_seconds",
            "How much later than asked the event loop came back, of looks 50 ms apart.",
            buckets=_LAGS,
            registry=self.registry,
        )
        self._longest_lag = 0.0
        self._counters = {
            name: Counter(f"orchestrator_{name}", what, labels, registry=self.registry)
            for name, (what, labels) in _COUNTERS.items()
        }
        self._gauges = {
            name: Gauge(f"orchestrator_{name}", what, labels, registry=self.registry)
            for name, (what, labels) in _GAUGES.items()
        }
        self.streams = self._gauges["live_streams"]
        self.connections = self._gauges["connections"]

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; a method that a stranger made up is none of our label values."""
        known = method if method in _METHODS else "other"
        place = (known, route, status)
        if (seen := self._requests.get(place)) is None:
            seen = self._requests[place] = self._seconds.labels(*place)
        seen.observe(seconds)

    def delivery(self, outcome: str) -> None:
        """Count a delivery's outcome."""
        if (seen := self._deliveries.get(outcome)) is None:
            seen = self._deliveries[outcome] = self._counters["deliveries"].labels(outcome)
        seen.inc()

    def background(self, down: Mapping[str, bool], lost_lines: int) -> None:
        """Take in which background tasks are down, and how many log lines were lost."""
        self._gauges["log_lines_lost"].set(lost_lines)
        for name, is_down in down.items():
            self._gauges["background_task_down"].labels(name).set(is_down)

    def replica(self, *, down: bool) -> None:
        """Take in whether the primary is read in the place of a replica that is set."""
        self._gauges["read_replica_down"].set(down)

    def loop_came_back(self, late: float) -> None:
        """Count a look at the event loop that came back so many seconds late."""
        self._loop_lag.observe(late)
        if late > self._longest_lag:
            self._longest_lag = late
            self._gauges["event_loop_lag_longest_seconds"].set(late)

    def turned_away(self, cap: str) -> None:
        """Count a connection that was closed, or a request that was refused, because of a cap."""
        self._counters["connections_turned_away"].labels(cap).inc()

    def page(self, head: int, lag: Mapping[str, int], parked: Mapping[str, int]) -> bytes:
        """Return the page for Prometheus, with the log's state as just read."""
        self._gauges["log_position"].set(head)
        for name, events in lag.items():
            self._gauges["projection_lag_events"].labels(name).set(events)
            self._gauges["parked_events"].labels(name).set(parked.get(name, 0))
        return generate_latest(self.registry)
