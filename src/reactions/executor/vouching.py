"""Before a merge GitHub is asked anew whether those who approved may still write there.

An answer of the last ten minutes is good enough; an older one may be of somebody who left since.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregates.lane import Lane
from aggregates.surroundings import Circumstances
from aggregates.workflow import Workflow, workflow_of
from aggregates.workflow.questions import Question
from events.catalogue import ActionRequested
from events.log import EventLog
from reactions.asking.answering import answer_event, ask_permission
from reactions.ports.answers import Repository
from reactions.ports.github import Answering
from reactions.visits import Place

GOOD_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouching:
    """Asks who vouches for a merge, and records the answers."""

    github: Answering
    log: EventLog
    clock: Callable[[], datetime]

    async def refresh(
        self, repo: Repository, lane: Lane, around: Circumstances, action: ActionRequested
    ) -> bool:
        """Ask about approvers of whom the last answer is too old; says whether it asked.

        Raises kinds of GitHubFailure, and what the log raises.
        """
        workflow = workflow_of(lane, around, action.issue_number)
        if action.kind != "merge" or workflow is None or not workflow.trust.has_app:
            return False
        asked_at = self.clock()
        stale = list(_stale(workflow, asked_at))
        for question in stale:
            content = await ask_permission(self.github, repo, question, asked_at)
            await self.log.append(answer_event(Place(repo, lane), content))
        return bool(stale)


def _stale(workflow: Workflow, now: datetime) -> Iterator[Question]:
    """Yield a question for each person who approved and was not asked about just now.

    Both times are of our own clock; one that is ahead of it is no answer of the last minutes.
    """
    pull = workflow.open_pull
    reviews = workflow.pull.reviews.values()
    logins = {review.author_id: review.author_login for review in reviews}
    persons = {review.author_id for review in reviews if review.author_kind == "person"}
    for user_id in workflow.reviews.approved_by:
        known = workflow.pull.permissions.get(user_id)
        fresh = known is not None and timedelta() <= now - known.at <= GOOD_FOR
        login = logins.get(user_id)
        if pull is not None and login and user_id in persons and not fresh:
            yield Question(
                kind="permission",
                issue_number=workflow.number,
                pull_request_number=pull.number,
                user_id=user_id,
                login=login,
            )
