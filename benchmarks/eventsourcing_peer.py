"""The same events in the library ``eventsourcing``, as its documents would have one write it.

An aggregate a repository, an application on SQLite, and a process application that follows it and
counts. Its SQLite flushes with every transaction, as ours does. Its ``ProjectionRunner`` takes no
SQLite; the runner of its systems does.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.system import ProcessApplication, SingleThreadedRunner, System

from events.envelope import NewEvent


class Repository(Aggregate):
    """What was told of a repository."""

    @event("Told")
    def tell(self, event_id: str, kind: str, payload: str) -> None:
        """Take a delivery, or a word of our own."""
        self.last = (event_id, kind, len(payload))


class Deliveries(Application):
    """Keeps what was told."""


class Counts(ProcessApplication):
    """Counts it, in memory; that it has seen an event, its recorder writes down for each."""

    def __init__(self, env: object = None) -> None:
        super().__init__(env)
        self.counted: Counter[str] = Counter()

    def policy(self, domain_event: object, processing_event: object) -> None:  # noqa: ARG002 (its signature)
        """Count one event."""
        self.counted[getattr(domain_event, "kind", "created")] += 1


def append(told: Sequence[NewEvent], folder: Path, at_once: int) -> None:
    """Save events so many in a transaction."""
    deliveries = Deliveries(_environment(folder))
    known: dict[int | None, Repository] = {}
    for start in range(0, len(told), at_once):
        touched = {}
        for each in told[start : start + at_once]:
            repository = known.setdefault(each.repository_id, Repository())
            repository.tell(str(each.id), f"{each.type}.{each.action}", each.payload)
            touched[each.repository_id] = repository
        deliveries.save(*touched.values())


def project(folder: Path) -> int:
    """Have its runner's follower count everything; return how much that was."""
    runner = SingleThreadedRunner(System(pipes=[[Deliveries, Counts]]), _environment(folder))
    with runner:
        counts = runner.get(Counts)
        counts.pull_and_process(Deliveries.name)
        seen: int = counts.counted.total()
        return seen


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "DELIVERIES_SQLITE_DBNAME": str(folder / "deliveries.db"),
        "COUNTS_SQLITE_DBNAME": str(folder / "counts.db"),
    }
