"""Asking GitHub the questions that lanes leave open, in turn, and recording its answers.

The conductor, which sees every lane that changes, says which
questions stand (``replace_questions``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from reactions.as_whom import Workable
from reactions.asking import table
from reactions.asking.inquiry import Inquiry, ask
from reactions.asking.table import OpenQuestion
from reactions.ports.acting import ActingPeople, Nobody
from reactions.ports.answers import Repository
from reactions.ports.failures import GitHubFailure, RateLimited
from reactions.visits import Place, Services

AT_ONCE = 20
_FIRST_BACKOFF = timedelta(seconds=5)  # mostly GitHub is back at once, and a merge may wait
_LONGEST_BACKOFF = timedelta(hours=1)
_MOST_DOUBLINGS = 10

_log = structlog.get_logger("asking")


@dataclass(frozen=True, slots=True)
class Patience:
    """When a question is asked again: after ``first``, doubled each time up to ``longest``."""

    first: timedelta
    longest: timedelta

    def after(self, asked: int) -> timedelta:
        """Return for how long an answer is good, after so many."""
        doubled: timedelta = self.first * 2 ** min(asked, _MOST_DOUBLINGS)
        return min(doubled, self.longest)


_DAY = timedelta(hours=24)
_LONGEST = _DAY + _LONGEST_BACKOFF
# Who may write is asked again daily; what a pull request closes until somebody links it; whether
# Copilot ended while it works, which takes minutes; what blocks an issue while nothing tells; how
# its session stands, which costs a person's budget. How checks failed stays as it is. What
# conflicts is asked until GitHub has computed it, which mostly takes seconds; what an epic consists
# of as long as it is one, since nobody tells that its parts were put in another order. Whether
# Agent Merge is on is asked once a head.
PATIENCE: Mapping[str, Patience] = {
    "permission": Patience(_DAY, _DAY),
    "closing": Patience(timedelta(minutes=1), timedelta(hours=1)),
    "work": Patience(timedelta(minutes=5), timedelta(minutes=10)),
    "blockers": Patience(timedelta(minutes=1), timedelta(hours=1)),
    "failure": Patience(timedelta(hours=1), _DAY),
    "session": Patience(timedelta(minutes=2), timedelta(minutes=10)),
    "mergeable": Patience(timedelta(seconds=5), timedelta(minutes=10)),
    "sub_issues": Patience(timedelta(minutes=1), timedelta(hours=1)),
    "agent_merge": Patience(timedelta(minutes=1), timedelta(hours=1)),
}
_OF_PEOPLE = ("session", "agent_merge")  # asked as a person
_UNTOLD = Patience(timedelta(hours=1), timedelta(hours=12))  # where GitHub tells nothing of it


@dataclass(frozen=True, slots=True)
class Asked:
    """What a step came to; ``behind``: the lanes do not reflect the log's head yet."""

    behind: bool = False
    asked: int = 0
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Asks what is due; what fails is asked again later and stops no other.

    ``people`` lend their tokens for what GitHub tells no App. ``of_sessions`` is how often they are
    asked about, which costs a person's budget.
    """

    github: Workable
    services: Services
    people: ActingPeople = field(default_factory=Nobody)
    of_sessions: Patience = PATIENCE["session"]

    async def step(self) -> Asked:
        """Ask a few questions; raises what the log, the database and the guard raise."""
        now = self.services.clock()
        if await self.services.store.read(lambda c: table.is_put_off_too_far(c, now, _LONGEST)):
            await self.services.write(lambda c: table.bring_forward(c, now, _LONGEST))
        due = await self.services.store.read(lambda c: table.due_questions(c, now, AT_ONCE))
        if due:
            head = (await self.services.log.head()).position
            if not await self.services.lanes.reflect(head):
                return Asked(behind=True)
            await self._ask_all(due)
        return Asked(asked=len(due), next_due=await self.services.store.read(table.next_due))

    async def _ask_all(self, due: Sequence[OpenQuestion]) -> None:
        resting: set[int] = set()
        spent: RateLimited | None = None  # what people's tokens met
        for question in due:
            if question.installation_id in resting:
                continue
            if spent is not None and question.kind in _OF_PEOPLE:
                await self._wait_for_people(question, spent)
                continue
            try:
                await self._ask(question)
            except RateLimited as limited:
                if limited.holder == "user":
                    spent = limited
                    await self._wait_for_people(question, limited)
                    continue
                resting.add(question.installation_id)
                await self._rest(question.installation_id, limited)

    async def _ask(self, question: OpenQuestion) -> None:
        reflected = await self.services.lanes.lane(question.repository_id)
        survey = reflected.lanes[0].survey if reflected.lanes else None
        lane = survey.lane if survey is not None else None
        if survey is None or lane is None or lane.repository is None:
            return await self._put_off(question, "the repository's name is not known yet")
        place = Place(Repository(question.installation_id, lane.repository.full_name), lane)
        inquiry = Inquiry(
            github=self.github,
            people=self.people,
            store=self.services.store,
            question=question,
            place=place,
            around=survey.around,
            asked_at=self.services.clock(),
        )
        try:
            told = await ask(inquiry)
        except RateLimited:
            raise
        except GitHubFailure as failure:
            return await self._put_off(question, str(failure) or type(failure).__name__)
        if told.events:
            await self.services.log.append(*told.events)
        usual = self.of_sessions if question.kind == "session" else PATIENCE[question.kind]
        patience = usual if told.known else _UNTOLD
        due_at = inquiry.asked_at + patience.after(question.asked)
        return await self.services.write(lambda c: table.answered(c, question, due_at))

    async def _wait_for_people(self, question: OpenQuestion, limited: RateLimited) -> None:
        _log.warning("a person's budget is spent", until=limited.until.isoformat())
        until = limited.until
        await self.services.write(lambda c: table.put_off(c, question, until, str(limited)))

    async def _put_off(self, question: OpenQuestion, error: str) -> None:
        _log.warning("a question is asked again later", kind=question.kind, error=error[:300])
        doubled = _FIRST_BACKOFF * 2 ** min(question.failures, _MOST_DOUBLINGS)
        until = self.services.clock() + min(doubled, _LONGEST_BACKOFF)
        await self.services.write(lambda c: table.put_off(c, question, until, error))

    async def _rest(self, installation_id: int, limited: RateLimited) -> None:
        _log.warning("GitHub takes no more for now", until=limited.until.isoformat())
        until = limited.until
        await self.services.write(lambda c: table.put_off_installation(c, installation_id, until))
