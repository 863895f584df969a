"""The golden master's runs: one in a closed loop, and others of the log that it wrote."""

from dataclasses import dataclass, field
from random import Random

from sqlalchemy import text

from events.catalogue import ActionRequested, content_of
from events.envelope import GITHUB, Event
from tests.conftest import Clock
from tests.golden.doors import House
from tests.golden.hands import cancel, perform
from tests.golden.plot import Plot
from tests.golden.rows import Row, line, tables_of

TURNS = 70
_OPERATIONAL = ("timers", "visits", "stuck_lanes")  # what no replay makes again
_PARTS = ("repository_id", "issue_number", "kind", "purpose")
_MOST_ROUNDS = 40


@dataclass
class Run:
    """A closed loop: others act, we project, decide and act on GitHub, and hear of that."""

    house: House
    clock: Clock
    plot: Plot
    random: Random
    trace: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._read = 0
        self._asked: list[tuple[Event, ActionRequested]] = []
        self._seen: dict[str, str] = {}

    async def play(self, turns: int) -> None:
        """Let so many turns pass, then let all that runs come to its end."""
        await self.house.prepare()
        for turn in range(turns):
            self.plot.go_on(turn, self.clock.now)
            await self._tell()
            await self._decide()
            await self._act()
            await self._tell()
            await self._decide()
            self._let_time_pass()

    async def _tell(self) -> None:
        for batch in self.plot.mail():
            await self.house.log.append(*batch)
            await self.house.project()
            self.clock.advance(seconds=self.random.randint(0, 3))

    async def _decide(self) -> None:
        for _ in range(_MOST_ROUNDS):
            await self.house.project()
            appended = await self.house.conduct()
            await self._note()
            if not appended:
                return
        raise AssertionError("it never comes to rest")

    async def _act(self) -> None:
        """Take up some of what was decided, in its order."""
        await self._take_in()
        left: list[tuple[Event, ActionRequested]] = []
        for event, asked in self._asked:
            if self.random.random() < 0.25:
                left.append((event, asked))
                continue
            verdict = await self.house.verdict(event, asked)
            self.trace.append({"action": str(event.id), "verdict": verdict})
            if verdict == "Wanted":
                where = self.plot.repository(event.repository_id)
                self.plot.hear(perform(self.random, where, event, asked))
            elif verdict.startswith("Passed"):
                self.plot.hear(cancel(event, asked, verdict.partition(": ")[2]))
            else:
                left.append((event, asked))
        self._asked = left

    async def _take_in(self) -> None:
        while found := await self.house.log.read(self._read, 500):
            self._read = found[-1].position
            for event in found:
                if event.source != GITHUB and event.action == ActionRequested.action:
                    content = content_of(event)
                    if isinstance(content, ActionRequested) and content.mode == "live":
                        self._asked.append((event, content))

    def _let_time_pass(self) -> None:
        seconds = self.random.choice((1, 20, 40, 70, 70, 130, 130, 130, 400, 400, 2_000, 7_300))
        self.clock.advance(seconds=seconds)
        self.plot.time_passes(seconds)

    async def _note(self) -> None:
        """Note the waits that run, the lanes in doubt and the stuck ones, where they changed."""
        for name, rows in (await tables_of(self.house.store, _OPERATIONAL)).items():
            for row in rows:
                key = line([name, *(row.get(part) for part in _PARTS)])
                if self._seen.get(key) != line(row):
                    self._seen[key] = line(row)
                    self.trace.append({"table": name, **row})
        # As if somebody had looked at what is in doubt, so that the next doubt is noted, too.
        await self.house.store.write(lambda c: c.execute(text("DELETE FROM visits")))
