"""The background work of observing GitHub: policy files, what is open, what it is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from events.lease import Now
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from projections.lanes.fresh import FreshLanes
from reactions.asking import Asking, Patience
from reactions.installations import Installations
from reactions.lanes import Lanes
from reactions.policy_files import PolicyFiles
from reactions.ports.acting import ActingPeople, Nobody
from reactions.ports.github import GitHub
from reactions.recovery import Gate, Recovery
from reactions.recovery.state import completeness
from reactions.resync import Resync, Settling
from reactions.visits import Services, Visited
from runtime.background.leased import Lease, LeasedWork
from runtime.background.listening import Listening, until_due

_AGAIN_AT_ONCE = 0.05  # seconds, where there is more to do, or the lanes are catching up
_PAUSE_SECONDS = 0.25  # between looks at a busy log; what they look for is not urgent
_SOON = 0.1  # of the time between two looks at deliveries, while something is awaited
_SESSION_DOUBLED = 5  # as often longer is the longest wait until a session is asked about again
_LONGEST_GRACE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservingGitHub:
    """What it takes to look at GitHub in the background."""

    github: GitHub
    log: EventLog
    store: Store
    clock: Callable[[], datetime]
    random: Callable[[], float]
    instance: str
    gate: Gate
    recovery_seconds: float = 300.0
    session_seconds: float = 120.0
    asked: Wake = field(default_factory=Wake)  # when questions to GitHub stand anew
    people: ActingPeople = field(default_factory=Nobody)  # whose tokens may ask
    judge: Callable[[], Now] | None = None  # of leases, as Lease says
    fresh: FreshLanes = field(default_factory=FreshLanes)  # lanes that this process folds

    def works(self) -> list[LeasedWork]:
        """Return the works, each to be run."""
        return [
            self._installations(),
            self._policy_files(),
            self._resync(),
            self._settling(),
            self._asking(),
            self._recovery(),
        ]

    def _lease(self, name: str) -> Lease:
        return Lease(name, self.store, self.clock, self.instance, self.judge)

    def _services(self, held: Lease) -> Services:
        return Services(
            lanes=Lanes(self.store, self.fresh),
            log=self.log,
            store=self.store,
            clock=self.clock,
            guard=held.guard,
        )

    def _installations(self) -> LeasedWork:
        held = self._lease("installations")
        services = self._services(held)
        reading = Installations(github=self.github, services=services, random=self.random)
        return self._visiting(held, reading.step)

    def _policy_files(self) -> LeasedWork:
        held = self._lease("policy-files")
        files = PolicyFiles(github=self.github, services=self._services(held))
        return self._visiting(held, files.step)

    def _resync(self) -> LeasedWork:
        held = self._lease("resync")
        services = self._services(held)
        resync = Resync(github=self.github, services=services, random=self.random)
        return self._visiting(held, resync.step)

    def _settling(self) -> LeasedWork:
        held = self._lease("settling")
        settling = Settling(github=self.github, services=self._services(held))
        return self._visiting(held, settling.step)

    def _asking(self) -> LeasedWork:
        held = self._lease("asking")
        services = self._services(held)
        first = timedelta(seconds=self.session_seconds)
        asking = Asking(
            github=self.github,
            services=services,
            people=self.people,
            of_sessions=Patience(first, _SESSION_DOUBLED * first),
        )

        async def step() -> float:
            asked = await asking.step()
            if asked.behind or asked.asked:
                return _AGAIN_AT_ONCE
            return until_due(asked.next_due, self.clock(), _AGAIN_AT_ONCE)

        listening = Listening(self.asked, step, _AGAIN_AT_ONCE)
        return LeasedWork(held, listening.step, listening.rest)

    def _recovery(self) -> LeasedWork:
        held = self._lease("recovery")
        every = timedelta(seconds=self.recovery_seconds)
        recovery = Recovery(
            github=self.github,
            store=self.store,
            clock=self.clock,
            guard=held.guard,
            grace=min(every, _LONGEST_GRACE),
            again_after=2 * every,
        )
        began = self.clock()
        due = began

        async def step() -> float:
            nonlocal due
            if self.clock() < due:
                return (due - self.clock()).total_seconds()
            recovered = await recovery.step()
            if recovered.settled:
                self.gate.open()
            due = self.clock() + every * (1.0 if recovered.settled else _SOON)
            return 0.0

        async def elsewhere() -> None:
            known = await self.store.read(completeness)
            if known.settled_at is not None and known.settled_at >= began:
                self.gate.open()

        return LeasedWork(held, step, elsewhere=elsewhere)

    def _visiting(self, held: Lease, step: Callable[[], Awaitable[Visited]]) -> LeasedWork:
        listening = Listening(self.log.wake, lambda: self._visited(step), _PAUSE_SECONDS)
        return LeasedWork(held, listening.step, listening.rest)

    async def _visited(self, step: Callable[[], Awaitable[Visited]]) -> float:
        """Step, and return for how long nothing is to be done."""
        visited = await step()
        if visited.behind or visited.visited:
            return _AGAIN_AT_ONCE
        return until_due(visited.next_due, self.clock(), _AGAIN_AT_ONCE)
