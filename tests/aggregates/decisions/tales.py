"""Short histories of one repository, told by deliveries, with what each of them calls for."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from aggregates.acting import ActingUser
from aggregates.decisions import consider, decide, requested, timers
from aggregates.decisions.intention import Decision
from aggregates.lane import Lane, evolve, initial_state
from aggregates.stages import Placement, place
from aggregates.surroundings import EVERYWHERE, Surroundings, circumstances
from aggregates.workflow import Workflow, workflow_of
from aggregates.workflow.mending import to_mend
from aggregates.workflow.questions import Question, questions_of
from events.catalogue import (
    About,
    Json,
    OwnEvent,
    PolicyChanged,
    ResyncObserved,
    WorkflowRetried,
    own_event,
)
from events.envelope import NewEvent
from events.github.observations import observed_event
from projections.engine.runner import read_event
from simulator.payloads import (
    INSTALLATION_ID,
    Payload,
    a_check_run,
    a_comment,
    a_pull_request,
    a_push,
    a_repository,
    a_review,
    a_user,
    an_issue,
    copilot_agent,
)
from simulator.payloads.deliveries import DELIVERIES
from tests.aggregates.decisions.timing import timed_out
from tests.projections.builders import FIRST_RECORDED, a_delivery, at, placed

POLICY: dict[str, Json] = {
    "mode": "shadow",
    "ci": {"required": ["test"], "settle_seconds": 0},
    "review": {"quiet_seconds": 0},
    "merge": {"automatic": True},
    "labels": {"sync": False},
}
ADA, GRACE, VISITOR = a_user("ada-bright"), a_user("grace-keen"), a_user("driveby")


@dataclass
class Tale:
    """A lane under a policy; each turn is a minute of GitHub's, and what it calls for is recorded.

    ``has_app``: there is one to ask GitHub with, and it said that no pull request conflicts as it
    is opened. ``agent_merge`` is what it answers to whether that is on: None, that it knows no such
    thing; ``silent`` leaves it open. ``decided`` are kinds with issue and pull request.
    """

    policy: dict[str, Json] = field(default_factory=lambda: POLICY)
    has_app: bool = False
    agent_merge: bool | Literal["silent"] | None = None
    repository: Payload = field(default_factory=a_repository)
    decided: list[tuple[str, int, int | None]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    position: int = 0
    minute: int = 0
    _issues: dict[int, Payload] = field(default_factory=dict)
    _pulls: dict[int, Payload] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the policy."""
        self.lane: Lane = initial_state(self.repository["id"])
        acting = {EVERYWHERE: ActingUser(1, "the-acting-user")}
        self.around = Surroundings(has_app=self.has_app, acting=acting)
        said = PolicyChanged(layer="repository", origin="f", content="", document=self.policy)
        self.say(said)

    def say(self, content: OwnEvent) -> None:
        """Record an event of our own."""
        about = About(repository_id=self.repository["id"], installation_id=INSTALLATION_ID)
        self._hear(own_event(content, UUID(int=self.position + 1), about=about))
        self._decide()

    def goes_on(self) -> None:
        """Let what stands be answered and decided."""
        self._decide()

    def delivers(self, name: str, action: str, **parts: Any) -> None:  # noqa: ANN401 (payloads)
        """Let GitHub deliver something."""
        payload = DELIVERIES[name](action, repository=self.repository, **parts)
        self._hear(a_delivery(name, payload))
        self._decide()

    def pushes(self, ref: str) -> None:
        """Somebody pushes to a ref."""
        push = a_push(ref, repository=self.repository)
        self._hear(a_delivery("push", DELIVERIES["push"](push=push, repository=self.repository)))
        self._decide()

    def answers(self, kind: str, pull: int, **answer: Json) -> None:
        """Let GitHub answer what it was asked."""
        self._hear_answer(kind, pull, **answer)
        self._decide()

    def _hear_answer(self, kind: str, pull: int, **answer: Json) -> None:
        asked: dict[str, Json] = {"asked_at": at(self._next()), "asked_after": self.position}
        given = {**asked, **answer}
        content = ResyncObserved.model_validate(
            {"kind": kind, "object": given, "pull_request_number": pull}
        )
        number = UUID(int=self.position + 1)
        self._hear(observed_event(content, number, self.repository["id"], INSTALLATION_ID))

    def may_write(self, pull: int, user: Payload, *, may: bool = True) -> None:
        """Let GitHub answer whether somebody may write."""
        known: dict[str, Json] = {"id": user["id"], "login": user["login"]}
        self.answers("permission", pull, permission="write" if may else "read", user=known)

    def tells_agent_merge(self, issue: int = 1, *, on: bool | None) -> None:
        """Let GitHub answer whether it is on for what is to be mended; None: it knows none."""
        workflow = self.workflow(issue)
        pull, mends = workflow.open_pull, to_mend(workflow)
        assert pull is not None
        assert mends is not None
        self._hear_answer(
            "agent_merge",
            pull.number,
            head_sha=pull.head_sha,
            mends=mends,
            supported=on is not None,
            enabled=on or False,
        )

    def can_merge(self, number: int = 50, *, may: bool = True) -> None:
        """Let GitHub answer that the head does not conflict with its base, or that it does."""
        pull = self._pulls[number]
        head, base = pull["head"], pull["base"]
        self.answers(
            "mergeable",
            number,
            mergeable=may,
            head={"sha": head["sha"]},
            base={"sha": base["sha"], "ref": base["ref"]},
        )

    def queues(self, number: int = 1) -> None:
        """Open an issue and label it."""
        opened = self._issue(number, created_at=at(self._next()))
        self.delivers("issues", "opened", issue=opened)
        labelled = an_issue(number, labels=("status:queued",), repository=self.repository)
        self._issues[number]["labels"] = labelled["labels"]
        self.delivers("issues", "labeled", issue=self._issue(number))

    def assigns(self, number: int = 1) -> None:
        """A person assigns Copilot."""
        copilot = copilot_agent()
        issue = self._issue(number, assignee=copilot, assignees=[copilot])
        self.delivers("issues", "assigned", issue=issue, assignee=copilot, sender=ADA)

    def changes_issue(self, action: str, number: int = 1, **changes: Any) -> None:  # noqa: ANN401
        """Something happens to an issue."""
        self.delivers("issues", action, issue=self._issue(number, **changes))

    def opens(self, number: int = 50, body: str = "Fixes #1", **changes: Any) -> None:  # noqa: ANN401
        """Copilot, or somebody else, opens a pull request."""
        moment = at(self._next())
        pull = a_pull_request(number, repository=self.repository, body=body, created_at=moment)
        self._pulls[number] = pull
        self.changes_pull("opened", number, **{"title": "Something", **changes})
        if self.has_app:
            self.can_merge(number)

    def changes_pull(self, action: str, number: int = 50, **changes: Any) -> None:  # noqa: ANN401
        """Something happens to a pull request."""
        parts = {k: changes.pop(k) for k in ("sender", "requested_reviewer") if k in changes}
        pull = self._pull(number, **changes)
        self.delivers("pull_request", action, pull_request=pull, **parts)

    def merges(self, number: int = 50) -> None:
        """A person merges a pull request."""
        moment = at(self.minute + 1)
        merged = {"state": "closed", "merged": True, "merged_at": moment, "closed_at": moment}
        self.changes_pull("closed", number, **merged)

    def checked(self, conclusion: str = "success", number: int = 50, name: str = "test") -> None:
        """A check of the head is completed."""
        sha = self._pulls[number]["head"]["sha"]
        run = a_check_run(name, repository=self.repository, head_sha=sha, conclusion=conclusion)
        self.delivers("check_run", "completed", check_run=run)

    def checked_again(self, conclusion: str, number: int = 50, name: str = "test") -> None:
        """A check of the head is completed that had been before: another run of its name."""
        sha = self._pulls[number]["head"]["sha"]
        run = a_check_run(name, repository=self.repository, head_sha=sha, conclusion=conclusion)
        again = {"started_at": at(self._next()), "completed_at": at(self._next())}
        self.delivers("check_run", "completed", check_run=run | {"id": run["id"] + 1} | again)

    def checked_as(self, status: str, conclusion: str | None, number: int = 50) -> None:
        """A check of the head is told of as it is."""
        sha = self._pulls[number]["head"]["sha"]
        given: Payload = {"status": status, "conclusion": conclusion, "completed_at": None}
        run = a_check_run(repository=self.repository, head_sha=sha, **given)
        self.delivers("check_run", "created", check_run=run)

    def retries(self, number: int = 1) -> None:
        """An operator has an issue started afresh."""
        self.say(WorkflowRetried(issue_number=number, reason="once more"))

    def finishes(self, number: int = 50) -> None:
        """Copilot asks for a review."""
        copilot = copilot_agent()
        self.changes_pull("review_requested", number, sender=copilot, requested_reviewer=ADA)

    def ready(self, number: int = 50) -> None:
        """A person marks it ready."""
        self.changes_pull("ready_for_review", number, draft=False)

    def reviewed(
        self,
        state: str,
        user: Payload | None,
        association: str = "MEMBER",
        number: int = 50,
        **changes: Any,  # noqa: ANN401
    ) -> None:
        """Somebody reviews the head."""
        pull, moment = self._pull(number), at(self._next())
        review = a_review(
            state,
            pull_request=pull,
            number=self.minute,
            author_association=association,
            submitted_at=moment,
            **changes,
        )
        review["user"] = user
        self.delivers("pull_request_review", "submitted", review=review, pull_request=pull)

    def commented(self, body: str, user: Payload, association: str, number: int = 50) -> None:
        """Somebody comments on a pull request."""
        moment = at(self._next())
        on = an_issue(number, repository=self.repository, pull_request={"url": "https://x"})
        comment = a_comment(
            issue=on,
            number=self.minute,
            body=body,
            user=user,
            author_association=association,
            created_at=moment,
            updated_at=moment,
        )
        self.delivers("issue_comment", "created", issue=on, comment=comment)

    def time_passes(self, kind: str) -> None:
        """Let the waits of a kind be over."""
        for timer in timers(self.lane, self.around):
            if timer.kind == kind:
                self._hear(timed_out(self.lane, timer))
        self._decide()

    def waits(self) -> list[tuple[str, float]]:
        """The waits that run, with their minutes; by our clock all of it was at one moment."""
        running = timers(self.lane, self.around)
        return [(t.kind, (t.due_at - FIRST_RECORDED).total_seconds() / 60) for t in running]

    def questions(self) -> tuple[Question, ...]:
        """What GitHub is to be asked."""
        return tuple(q for n in self.lane.numbers for q in questions_of(self.workflow(n)))

    def now(self) -> str:
        """GitHub's time."""
        return at(self.minute)

    def issue_as(self, number: int, **changes: Any) -> Payload:  # noqa: ANN401
        """An issue as it is after a change."""
        return self._issue(number, **changes)

    def pull(self, number: int = 50) -> Payload:
        """A pull request as it now is."""
        return self._pulls[number]

    def workflow(self, number: int = 1) -> Workflow:
        """An issue's workflow as it now is."""
        found = workflow_of(self.lane, circumstances(self.lane, self.around), number)
        assert found is not None
        return found

    def placement(self, number: int = 1) -> Placement:
        """Where it stands."""
        return place(self.workflow(number))

    def kinds(self, *kinds: str) -> list[str]:
        """What was decided, or what of these kinds."""
        every = [kind for kind, *_ in self.decided]
        return [kind for kind in every if kind in kinds] if kinds else every

    def _issue(self, number: int, **changes: object) -> Payload:
        known = self._issues.setdefault(number, an_issue(number, repository=self.repository))
        known.update(changes, updated_at=at(self._next()))
        return known

    def _pull(self, number: int, **changes: object) -> Payload:
        known = self._pulls[number]
        known.update(changes, updated_at=at(self._next()))
        return known

    def _next(self) -> int:
        self.minute += 1
        return self.minute

    def _hear(self, new: NewEvent) -> None:
        self.position += 1
        read = read_event(replace(placed(new, self.position), recorded_at=FIRST_RECORDED))
        self.lane = evolve(self.lane, read.event, read.facts)

    def _decide(self) -> None:
        if self.agent_merge != "silent":
            for question in consider(self.lane, self.around).questions:
                if question.kind == "agent_merge":
                    self.tells_agent_merge(question.issue_number, on=self.agent_merge)
        for decision in decide(self.lane, self.around):
            self.decisions.append(decision)
            told = (decision.kind, decision.issue_number, decision.pull_request_number)
            self.decided.append(told)
            self._hear(requested(self.lane, self.around, decision))


def policy(**sections: dict[str, Json]) -> dict[str, Json]:
    """The policy of a tale with some sections of its own."""
    found: dict[str, Json] = dict(POLICY)
    for name, section in sections.items():
        known = found.get(name, {})
        found[name] = {**known, **section} if isinstance(known, dict) else section
    return found
