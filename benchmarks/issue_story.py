"""The story of one issue, from when it is opened to its merge, with what the service says of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from benchmarks.shapes import Shapes
from events.catalogue import (
    About,
    ActingUserSet,
    ActionKind,
    ActionRequested,
    ActionSucceeded,
    Json,
    PolicyChanged,
    TimerFired,
    TimerKind,
    own_event,
)
from events.envelope import OPERATOR, NewEvent
from events.github.comments import mark_of
from events.identity import keyed_id
from simulator.payloads import Payload

_BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
_POLICY: dict[str, Json] = {
    "mode": "live",
    "queue": {"max_active": 4},
    "ci": {"required": ["build", "docs", "lint", "test", "types"]},
    "merge": {"automatic": True},
}
_CHECKS = ("lint", "types", "docs", "build", "test")
_ROUNDS = (1, 1, 2, 2, 3)  # of checks, of which only the last is green
_IN_PAIRS = 0.25  # of the issues, that one pull request solves with another
_REVIEWS = (0, 0, 1, 1, 2)  # that ask for changes


@dataclass
class Lane:
    """A repository in which stories take place, with GitHub's clock of whole seconds."""

    number: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.shapes = Shapes(f"octo-org/service-{self.number}")
        self.about = About(
            installation_id=self.shapes.installation_id, repository_id=self.shapes.repository_id
        )
        self._seconds = 0

    def begin(self) -> Iterator[NewEvent]:
        """Yield what holds in the repository, and once who acts."""
        changed = PolicyChanged(
            layer="repository", origin="a file", content=str(_POLICY), document=_POLICY
        )
        yield own_event(changed, self.key("policy"), about=self.about)
        if self.number == 0:
            acting = ActingUserSet(user_id=self.shapes.person["id"], login="mona-maintains")
            yield own_event(acting, self.key("acting"), source=OPERATOR, about=About(), by="ada")

    def now(self) -> str:
        """Return GitHub's time, a second after what happened before."""
        self._seconds += 1
        return (_BEGIN + timedelta(seconds=self._seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def key(self, *parts: object) -> UUID:
        """Return the id that always belongs to these parts."""
        return keyed_id(f"bench:{self.number}:{':'.join(map(str, parts))}")


def issue_story(lane: Lane, random: Random) -> Iterator[NewEvent]:
    """Tell it; another does it differently."""
    story = _Story(lane, lane.shapes, next(lane.numbers))
    yield from story.queued()
    if random.random() < _IN_PAIRS:
        yield from story.paired(next(lane.numbers))
    yield from story.talked_about()
    yield from story.assigned()
    yield from story.drafted()
    for left in reversed(range(random.choice(_ROUNDS))):
        yield from story.tested("failure" if left else "success")
        if left:
            yield from story.mended("ask_to_fix_ci")
    yield from story.finished()
    for _ in range(random.choice(_REVIEWS)):
        yield from story.refused()
        yield from story.mended("ask_to_address_review")
        yield from story.tested("success")
    yield from story.merged()


@dataclass
class _Story:
    """An issue and its pull request as they are now."""

    lane: Lane
    shapes: Shapes
    number: int

    def __post_init__(self) -> None:
        self._issue: dict[str, object] = {"state": "open", "labels": [], "assignees": []}
        self._issue |= {"title": f"Command {self.number} is refused", "created_at": self.lane.now()}
        self._issue["user"] = self.shapes.person
        self._pull: dict[str, object] = {"state": "open", "draft": True, "merged": False}
        self._pushes, self._asked = 0, count(1)
        self._label = "bug"
        self._pull_number = 0
        self._second: tuple[int, dict[str, object]] | None = None

    def queued(self) -> Iterator[NewEvent]:
        self._relabel("bug", "status:queued")
        self._label = "status:queued"
        yield self._tell("opened")

    def paired(self, number: int) -> Iterator[NewEvent]:
        """Open another that the same pull request will solve."""
        self._second = (number, self._issue | {"title": f"Command {number} is refused, too"})
        yield self._tell_second("opened")

    def talked_about(self) -> Iterator[NewEvent]:
        """Let people change their minds about it while it waits."""
        self._relabel("bug", "urgent", "status:queued")
        yield self._tell("labeled", label=self.shapes.label("urgent"))
        self._issue["title"] = f"{self._issue['title']} now and then"
        yield self._tell("edited", changes={"title": {"from": "Commands are refused"}})
        self._relabel("bug", "status:queued")
        yield self._tell("unlabeled", label=self.shapes.label("urgent"))

    def assigned(self) -> Iterator[NewEvent]:
        action, asked = self._ask("assign", "1", instructions="")
        yield asked
        self._issue["assignees"] = [self.shapes.copilot]
        yield self._tell("assigned", assignee=self.shapes.copilot)
        yield self._succeeded(action)
        yield from self._labelled("in_progress")

    def drafted(self) -> Iterator[NewEvent]:
        self._pull_number = next(self.lane.numbers)
        also = f"Fixes #{self._second[0]}\n" if self._second else ""
        self._pull |= {
            "title": f"[WIP] Command {self.number}",
            "body": f"Fixes #{self.number}\n{also}\nThe session is opened anew.",
            "user": self.shapes.copilot,
            "created_at": self.lane.now(),
            "assignees": [self.shapes.copilot, self.shapes.person],
            "requested_reviewers": [],
        }
        yield self._tell_pull("opened")

    def tested(self, conclusion: str) -> Iterator[NewEvent]:
        for name in _CHECKS:
            result = conclusion if name == "test" else "success"
            run = {"id": self.shapes.new_id(), "name": name, "head_sha": self._sha()}
            run["started_at"] = self.lane.now()
            yield self._check("created", run | {"status": "in_progress", "conclusion": None})
            over = {"status": "completed", "conclusion": result, "completed_at": self.lane.now()}
            yield self._check("completed", run | over)

    def mended(self, kind: ActionKind) -> Iterator[NewEvent]:
        yield self._waited("settle" if kind == "ask_to_fix_ci" else "quiet")
        action, asked = self._ask(kind, self._sha(), body="@copilot please mend it.")
        yield asked
        yield self._comment(f"@copilot please mend it.\n\n{mark_of(action)}")
        yield self._succeeded(action)
        before, self._pushes = self._sha(), self._pushes + 1
        yield self._tell_pull("synchronize", before=before, after=self._sha())

    def finished(self) -> Iterator[NewEvent]:
        self._pull["title"] = f"Command {self.number}"
        yield self._tell_pull("edited", changes={"title": {"from": "[WIP]"}})
        self._pull["requested_reviewers"] = [self.shapes.reviewer]
        yield self._tell_pull("review_requested", requested_reviewer=self.shapes.reviewer)
        yield self._waited("settle")
        action, asked = self._ask("mark_ready", self._sha())
        yield asked
        self._pull["draft"] = False
        yield self._tell_pull("ready_for_review")
        yield self._succeeded(action)
        yield from self._labelled("ready_for_review")

    def refused(self) -> Iterator[NewEvent]:
        yield self._review("changes_requested")

    def merged(self) -> Iterator[NewEvent]:
        yield self._review("approved")
        action, asked = self._ask("merge", self._sha(), method="squash")
        yield asked
        at = self.lane.now()
        by = self.shapes.person
        self._pull |= {"state": "closed", "closed_at": at, "merged": True, "merged_at": at}
        yield self._tell_pull("closed", merged_by=by)
        closed = {"state": "closed", "state_reason": "completed", "closed_at": at}
        self._issue |= closed
        yield self._tell("closed")
        if self._second is not None:
            self._second[1].update(closed)
            yield self._tell_second("closed")
        yield self._succeeded(action)

    def _relabel(self, *names: str) -> None:
        self._issue["labels"] = [self.shapes.label(name) for name in names]

    def _tell(self, action: str, **more: object) -> NewEvent:
        issue = self.shapes.issue(self.number, updated_at=self.lane.now(), **self._issue)
        return self.shapes.delivery("issues", action, self.shapes.person, issue=issue, **more)

    def _tell_second(self, action: str) -> NewEvent:
        assert self._second is not None
        number, fields = self._second
        issue = self.shapes.issue(number, updated_at=self.lane.now(), **fields)
        return self.shapes.delivery("issues", action, self.shapes.person, issue=issue)

    def _tell_pull(self, action: str, **more: object) -> NewEvent:
        pull = self._whole_pull()
        told = {"number": self._pull_number, "pull_request": pull, **more}
        return self.shapes.delivery("pull_request", action, self.shapes.copilot, **told)

    def _whole_pull(self) -> Payload:
        at = self.lane.now()
        return self.shapes.pull(self._pull_number, self._sha(), updated_at=at, **self._pull)

    def _check(self, action: str, run: dict[str, object]) -> NewEvent:
        check_run = self.shapes.check(**run)
        by = self.shapes.copilot
        return self.shapes.delivery("check_run", action, by, check_run=check_run)

    def _review(self, state: str) -> NewEvent:
        pull, by = self._whole_pull(), self.shapes.reviewer
        review = self.shapes.review(
            state=state, user=by, commit_id=self._sha(), submitted_at=self.lane.now()
        )
        told = {"pull_request": pull, "review": review}
        return self.shapes.delivery("pull_request_review", "submitted", by, **told)

    def _comment(self, body: str) -> NewEvent:
        at, by = self.lane.now(), self.shapes.person
        pull = {"html_url": f"https://github.com/octo-org/pull/{self._pull_number}"}
        issue = self.shapes.issue(self._pull_number, updated_at=at, pull_request=pull)
        comment = self.shapes.comment(body, user=by, created_at=at, updated_at=at)
        told = {"issue": issue, "comment": comment}
        return self.shapes.delivery("issue_comment", "created", by, **told)

    def _labelled(self, stage: str) -> Iterator[NewEvent]:
        """Let the label follow the stage: it is asked for, done in two steps, and taken."""
        wanted = f"status:{stage}"
        stages: Json = ["queued", "in_progress", "draft", "ready_for_review"]
        told: dict[str, Json] = {"label": wanted, "prefix": "status:", "stages": stages}
        action, asked = self._ask("set_label", f"{wanted}:0", **told)
        yield asked
        self._relabel("bug")
        yield self._tell("unlabeled", label=self.shapes.label(self._label))
        self._relabel("bug", wanted)
        yield self._tell("labeled", label=self.shapes.label(wanted))
        yield self._succeeded(action)
        self._label = wanted

    def _ask(self, kind: ActionKind, token: str, **parameters: Json) -> tuple[UUID, NewEvent]:
        content = ActionRequested(
            kind=kind,
            mode="live",
            issue_number=self.number,
            pull_request_number=self._pull_number or None,
            head_sha=self._sha() if self._pull_number else None,
            generation=0,
            token=token,
            reason="it is next in what has to be done",
            parameters=parameters,
        )
        action = self.lane.key("action", self.number, next(self._asked))
        return action, own_event(content, action, about=self._about())

    def _succeeded(self, action: UUID) -> NewEvent:
        answer: dict[str, Json] = {"status": 200, "request_id": "D0E1:2F3A:4B5C6D"}
        content = ActionSucceeded(action_id=action, issue_number=self.number, answer=answer)
        return own_event(content, self.lane.key("outcome", action), about=self._about())

    def _waited(self, timer: TimerKind) -> NewEvent:
        since = str(next(self._asked))
        content = TimerFired(issue_number=self.number, timer=timer, token=since, due_at=_BEGIN)
        event_id = self.lane.key("timer", self.number, next(self._asked))
        return own_event(content, event_id, about=self._about())

    def _about(self) -> About:
        return About(
            installation_id=self.shapes.installation_id,
            repository_id=self.shapes.repository_id,
            issue_number=self.number,
        )

    def _sha(self) -> str:
        return self.shapes.sha("head", self._pull_number, self._pushes)
