"""Copilot: an agent opens a draft, works in rounds and asks for a review after each.

As a reviewer it comments on what it is asked to review, and approves only where it is let.
"""

import re
from dataclasses import dataclass, field

from simulator.actors.scripts import Scripts
from simulator.clock import Appointment, Clock
from simulator.draws import Range, Seed
from simulator.payloads import Payload
from simulator.plan import CopilotHabits, SessionEnd
from simulator.state.accounts import COPILOT, COPILOT_REVIEWER, OWNER, word_of
from simulator.state.happenings import Happening
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.repositories import Repository
from simulator.state.reviews import ReviewState
from simulator.state.tasks import Task, TaskState
from simulator.state.timeline import (
    COPILOT_FAILED,
    COPILOT_IS_DONE,
    COPILOT_WORKS,
    via_copilot,
)

_CONFLICT = re.compile(r"\bconflict", re.IGNORECASE)
_TAKES: Range = (60, 240)
_SUGGESTIONS = ("Close the link in a `finally`.", "The second case has no test.")


@dataclass(slots=True)
class Session:
    """Copilot's work for an issue, or for none: what is next, and how often it was asked since.

    ``resolves``: somebody asked to resolve conflicts, which the next round to end does.
    ``begun`` is how often it began, ``task`` how GitHub tells people of it, where it does.
    """

    issue: Issue | None
    pull: PullRequest | None = None
    next: Appointment | None = None
    asked: int = 0
    resolves: bool = False
    begun: int = 0
    task: Task | None = None

    def move(self, state: TaskState, at: str) -> None:
        """Let people see how it stands."""
        if self.task is not None:
            self.task.move(state, at)


@dataclass(slots=True)
class Copilot:
    """Copilot, who begins when it is assigned and goes on when someone with write access asks.

    Or another agent, ``user``, that works in the same way, but of which neither tasks nor timelines
    tell.
    """

    clock: Clock
    seed: Seed
    habits: CopilotHabits
    scripts: Scripts
    user: Payload = field(default_factory=lambda: COPILOT)
    sessions: dict[int, Session] = field(default_factory=dict)

    def hear(self, happening: Happening) -> None:
        """Take notice of an assignment, a question or an end."""
        match happening.event, happening.action, happening.subject:
            case "issues", "assigned", Issue() as issue if self._is_given(happening):
                self._begin(issue)
            case "issues", "unassigned", Issue() as issue if self.user not in issue.assignees:
                self._stop(issue)
            case "issues", "closed" | "deleted" | "transferred", Issue() as issue:
                self._stop(issue)
            case "pull_request", "closed", PullRequest() as pull:
                self._stop(pull.origin or pull)
            case "pull_request", "opened", PullRequest() as pull if self._is_its_own(pull):
                session = self.sessions[id(pull)] = Session(None, pull)
                self._work(session, pull)
            case "issue_comment", "created", PullRequest() as pull:
                self._ask(pull, happening, "comment")
            case "pull_request_review", "submitted", PullRequest() as pull:
                self._ask(pull, happening, "review")

    def mend(self, pull: PullRequest) -> None:
        """Begin a round by itself, for whatever is amiss, unless one is at hand."""
        session = self.sessions.setdefault(id(pull.origin or pull), Session(pull.origin, pull))
        if session.next is None:
            session.resolves = pull.conflicts
            self._work(session, pull)

    def _begin(self, issue: Issue) -> None:
        if self._never_starts(issue):
            return
        task = issue.repository.begin_task(issue.title, OWNER) if self.user == COPILOT else None
        session = self.sessions[id(issue)] = Session(issue, task=task)
        wait = self._span(self.habits.opens_after, "opens", session)
        session.next = self.clock.after(wait, lambda: self._open(session))

    def _open(self, session: Session) -> None:
        issue = session.issue
        if issue is None or not isinstance(issue.repository, Repository):
            return
        forgets = self._draws(self.habits.forgets_keyword, "forgets", session)
        hides = self._draws(self.habits.leaves_no_trace, "hides", session)
        session.pull = issue.repository.copilot_opens(
            issue, keyword=not forgets, trace=not hides, agent=self.user
        )
        if session.task is not None:
            session.task.pull = session.pull.snapshot()
        self._work(session, session.pull)

    def _work(self, session: Session, pull: PullRequest) -> None:
        pull.round += 1
        session.begun += 1
        session.move("in_progress", self.clock.written())
        self._note(pull, COPILOT_WORKS)
        wait = self._span(self.habits.works_for, "works", session)
        session.next = self.clock.after(wait, lambda: self._finish(session, pull))

    def _finish(self, session: Session, pull: PullRequest) -> None:
        """Push what was done, and ask whoever set it to work for a review, if not silently."""
        end = self._end(session)
        if end == "completed":
            if session.resolves:
                session.resolves = pull.conflicts = False
            self._finish_well(session, pull)
            self._note(pull, COPILOT_IS_DONE)
        elif end != "waiting_for_user":
            self._note(pull, COPILOT_FAILED)
        session.move(end, self.clock.written())
        session.next = None
        if session.asked:
            session.asked -= 1
            self._work(session, pull)

    def _end(self, session: Session) -> SessionEnd:
        """Return how a session ends: as its issue's script says, or as is drawn."""
        certain = self.scripts.of(session.issue).sessions
        if session.begun <= len(certain):
            return certain[session.begun - 1]
        if self._draws(self.habits.fails, "fails", session):
            return "failed"
        if self._draws(self.habits.times_out, "times out", session):
            return "timed_out"
        if self._draws(self.habits.asks, "asks", session):
            return "waiting_for_user"
        return "cancelled" if self._draws(self.habits.cancelled, "ends", session) else "completed"

    def _finish_well(self, session: Session, pull: PullRequest) -> None:
        sha = pull.push(_message(pull), self.user)
        if pull.title.startswith("[WIP] "):
            body = (
                f"{pull.body}\n\n## What changed\n\nThe session is opened anew on the next command."
            )
            pull.edit(self.user, title=pull.title.removeprefix("[WIP] "), body=body)
        if pull.round > 1 and self._draws(self.habits.silent, "is silent", session):
            return
        pull.request_review(pull.asked_by or OWNER, by=self.user)
        if pull.round > 1 and self.habits.replies:
            pull.comment(f"Done in {sha[:7]}, with a test for it.", self.user)

    def _note(self, pull: PullRequest, event: str) -> None:
        """Let the timelines of a pull request and its issue tell of a session of Copilot's."""
        if self.user != COPILOT:
            return
        for each in (pull, pull.origin):
            if each is not None:
                each.note(event, pull.asked_by or OWNER, via_copilot())

    def _ask(self, pull: PullRequest, happening: Happening, said: str) -> None:
        """Begin another round, or remember to when the one at hand is done."""
        text = happening.payload[said]["body"] or ""
        counts = pull.repository.access.may_write(happening.sender) and self._is_told(text)
        if not (counts and pull.is_open and pull.author == self.user):
            return
        session = self.sessions.setdefault(id(pull.origin or pull), Session(pull.origin, pull))
        session.resolves = session.resolves or bool(_CONFLICT.search(text))
        if session.next is not None:
            session.asked += 1
        else:
            self._work(session, pull)

    def _is_given(self, happening: Happening) -> bool:
        return bool(happening.payload["assignee"]["id"] == self.user["id"])

    def _is_its_own(self, pull: PullRequest) -> bool:
        """Whether it was opened for no issue, so that nobody else begins its work."""
        return pull.origin is None and pull.author == self.user

    def _is_told(self, text: str) -> bool:
        mention = rf"(?<![\w/-])@{word_of(self.user)}\b"
        return re.search(mention, text, re.IGNORECASE) is not None

    def _stop(self, work: Issue | PullRequest) -> None:
        session = self.sessions.pop(id(work), None)
        if session is not None and session.next is not None:
            session.next.cancel()
            session.move("cancelled", self.clock.written())

    def _never_starts(self, issue: Issue) -> bool:
        changes, login = issue.assignee_changes, self.user["login"]
        assigned = [each for each in changes if each.added and each.login == login]
        certain = self.scripts.of(issue).ignored_assignments
        if certain is not None:
            return len(assigned) <= certain
        name = (issue.repository.full_name, issue.number, len(assigned))
        return self.seed.happens(self.habits.never_starts, "never starts", *name)

    def _draws(self, rate: float, what: str, session: Session) -> bool:
        return rate > 0 and self.seed.happens(rate, what, *_name(session))

    def _span(self, span: Range, what: str, session: Session) -> float:
        return self.seed.between(span, what, *_name(session))


@dataclass(frozen=True, slots=True)
class CopilotReviewer:
    """Copilot's reviewer."""

    clock: Clock
    seed: Seed
    habits: CopilotHabits

    def hear(self, happening: Happening) -> None:
        """Take notice of being asked for a review."""
        match happening.event, happening.action, happening.subject:
            case "pull_request", "review_requested", PullRequest() as pull:
                if happening.payload["requested_reviewer"]["id"] == COPILOT_REVIEWER["id"]:
                    wait = self.seed.between(_TAKES, "copilot reviews", happening.name)
                    self.clock.after(wait, lambda: self._review(pull))
            case "pull_request", "ready_for_review" | "synchronize", PullRequest() as pull:
                if self.habits.reviews_itself and pull.is_open and not pull.draft:
                    pull.request_review(COPILOT_REVIEWER, OWNER)

    def _review(self, pull: PullRequest) -> None:
        if not (pull.is_open and COPILOT_REVIEWER in pull.requested_reviewers):
            return
        name = (pull.repository.full_name, pull.head_ref, pull.round)
        approves = self.seed.happens(self.habits.approves, "copilot approves", *name)
        state: ReviewState = "approved" if approves else "commented"
        reviews = via_copilot("copilot-pull-request-reviewer")
        pull.note(COPILOT_WORKS, OWNER, reviews)  # the reviewer's work has the same name
        suggests = self.seed.happens(self.habits.suggests, "copilot suggests", *name)
        pull.review(
            COPILOT_REVIEWER,
            state,
            "Copilot reviewed 3 of 3 changed files.",
            on_changes=_SUGGESTIONS if suggests and not approves else (),
        )


def _name(session: Session) -> tuple[object, ...]:
    issue, pull = session.issue, session.pull
    place = (pull.head_ref, pull.round) if pull else ("", 0)
    subject = issue or pull
    name = subject.repository.full_name if subject else ""
    return (name, issue.number if issue else 0, *place)


def _message(pull: PullRequest) -> str:
    return "Open a new session" if pull.round == 1 else f"Mend what was said, round {pull.round}"
