"""Prometheus metrics of one process."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


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
        self._deliveries = Counter(
            "orchestrator_deliveries",
            "Webhook deliveries by outcome: accepted, duplicate, or the code of the refusal.",
            ["outcome"],
            registry=self.registry,
        )
        self._head = Gauge(
            "orchestrator_log_position", "Newest position in the log.", registry=self.registry
        )
        self._lag = Gauge(
            "orchestrator_projection_lag_events",
            "Events in the log that a projection does not reflect yet.",
            ["projection"],
            registry=self.registry,
        )
        self._parked = Gauge(
            "orchestrator_parked_events",
            "Events that a projection could not digest.",
            ["projection"],
            registry=self.registry,
        )
        self._lost = Gauge(
            "orchestrator_log_lines_lost",
            "Log lines that could not be written since the process began.",
            registry=self.registry,
        )
        self._down = Gauge(
            "orchestrator_background_task_down",
            "1 while a background task of this process is down.",
            ["task"],
            registry=self.registry,
        )
        self.streams = Gauge(
            "orchestrator_live_streams", "Open live streams.", registry=self.registry
        )

        self.connections = Gauge(
            "orchestrator_connections", "Open connections.", registry=self.registry
        )
        self._turned_away = Counter(
            "orchestrator_connections_turned_away",
            "Connections closed and requests refused, by the cap that was reached.",
            ["cap"],
            registry=self.registry,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; a method that a stranger made up is none of our label values."""
        known = method if method in _METHODS else "other"
        self._seconds.labels(known, route, status).observe(seconds)

    def delivery(self, outcome: str) -> None:
        """Count a delivery's outcome."""
        self._deliveries.labels(outcome).inc()

    def background(self, down: Mapping[str, bool], lost_lines: int) -> None:
        """Take in which background tasks are down, and how many log lines were lost."""
        self._lost.set(lost_lines)
        for name, is_down in down.items():
            self._down.labels(name).set(is_down)

    def turned_away(self, cap: str) -> None:
        """Count a connection that was closed, or a request that was refused, because of a cap."""
        self._turned_away.labels(cap).inc()

    def page(self, head: int, lag: Mapping[str, int], parked: Mapping[str, int]) -> bytes:
        """Return the page for Prometheus, with the log's state as just read."""
        self._head.set(head)
        for name, events in lag.items():
            self._lag.labels(name).set(events)
            self._parked.labels(name).set(parked.get(name, 0))
        return generate_latest(self.registry)
