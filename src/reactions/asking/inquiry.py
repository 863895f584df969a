"""How each kind of question is asked: as the App, or as a person where GitHub tells no App."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregates.surroundings import Circumstances
from aggregates.workflow import Workflow, workflow_of
from aggregates.workflow.failures import failed_checks
from events.envelope import NewEvent
from events.store import Store
from projections.check_records import records_of
from reactions.as_whom import AsWhom, Workable
from reactions.asking.agent_merge import ask_agent_merge
from reactions.asking.answering import answer_event, answer_to
from reactions.asking.failure import Failing, ask_failure
from reactions.asking.previews import PersonsAnswer
from reactions.asking.sessions import ask_session
from reactions.asking.table import OpenQuestion
from reactions.ports.acting import ActingPeople
from reactions.visits import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question as it is asked: of which place, in which circumstances, and when."""

    github: Workable
    people: ActingPeople
    store: Store
    question: OpenQuestion
    place: Place
    around: Circumstances
    asked_at: datetime

    @property
    def workflow(self) -> Workflow | None:
        """The workflow that gives rise to it, as it is now."""
        return workflow_of(self.place.lane, self.around, self.question.issue_number)

    @property
    def as_whom(self) -> AsWhom:
        """Who asks what no App is told."""
        return AsWhom(
            github=self.github,
            people=self.people,
            repository_id=self.question.repository_id,
            repo=self.place.repo,
            around=self.around,
        )


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as events, if it is news; unless ``known`` GitHub knows of no such thing."""

    events: Sequence[NewEvent] = ()
    known: bool = True


async def ask(inquiry: Inquiry) -> Told:
    """Ask a question as its kind is asked; raises kinds of GitHubFailure."""
    return await _ASKED.get(inquiry.question.kind, _of_app)(inquiry)


async def _of_app(inquiry: Inquiry) -> Told:
    asked = (inquiry.github, inquiry.place, inquiry.question, inquiry.asked_at)
    return Told(await answer_to(*asked))


async def _failure(inquiry: Inquiry) -> Told:
    """Ask about what fails now, which may be something else than when the question was noted.

    How the checks went on the default branch our own log knows.
    """
    workflow, question, place = inquiry.workflow, inquiry.question, inquiry.place
    if workflow is None:
        return Told()
    names, of_lane = [each.name for each in failed_checks(workflow)], question.repository_id
    known = await inquiry.store.read(lambda c: records_of(c, of_lane, names))
    failing = Failing(workflow, known)
    content = await ask_failure(inquiry.github, place.repo, failing, question, inquiry.asked_at)
    return Told([] if content is None else [answer_event(place, content)])


async def _session(inquiry: Inquiry) -> Told:
    lane, question = inquiry.place.lane, inquiry.question
    answer = await ask_session(inquiry.as_whom, lane, question, inquiry.asked_at)
    return _by_person(inquiry.place, answer)


async def _agent_merge(inquiry: Inquiry) -> Told:
    answer = await ask_agent_merge(inquiry.as_whom, inquiry.workflow, inquiry.asked_at)
    return _by_person(inquiry.place, answer)


def _by_person(place: Place, answer: PersonsAnswer) -> Told:
    events = [] if answer.content is None else [answer_event(place, answer.content)]
    return Told(events, known=answer.told)


# All others are asked as the App, one like the other.
_ASKED: Mapping[str, Callable[[Inquiry], Awaitable[Told]]] = {
    "failure": _failure,
    "session": _session,
    "agent_merge": _agent_merge,
}
