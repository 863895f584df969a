"""What is done with an issue and with a pull request alike."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from simulator.payloads import Payload, a_comment, an_issue
from simulator.payloads.payload import with_id
from simulator.state.happenings import Happenings
from simulator.state.keywords import mentioned_in
from simulator.state.repository import RepositoryState
from simulator.state.timeline import TimelineEvent, event_of


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment in a conversation; ``via_app`` when an App wrote it, itself or for a user."""

    id: int
    by: Payload
    body: str
    created_at: str
    updated_at: str
    via_app: Payload | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChange:
    """A label was put on or taken off."""

    name: str
    added: bool
    by: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssigneeChange:
    """Someone was assigned or unassigned."""

    login: str
    added: bool
    by: str
    at: str


class Subject(ABC):
    """An issue or a pull request, made at the clock's time."""

    def __init__(
        self, repository: RepositoryState, title: str, body: str | None, author: Payload
    ) -> None:
        self.repository = repository
        self.happenings: Happenings = repository.happenings
        self.number = repository.number(self)
        self.title = title
        self.body = body
        self.author = author
        self.state = "open"
        self.labels: list[str] = []
        self.assignees: list[Payload] = []
        self.comments: list[Comment] = []
        self.label_changes: list[LabelChange] = []
        self.assignee_changes: list[AssigneeChange] = []
        self.timeline: list[TimelineEvent] = []
        self.created_at = self.updated_at = repository.clock.stamp()
        self.closed_at: str | None = None

    @property
    def about(self) -> str:
        """What names it in stories."""
        return f"#{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.state == "open"

    @abstractmethod
    def as_issue(self) -> Payload:
        """Return it as an issue: so comments embed it and lists of issues show it."""

    @abstractmethod
    def tell(self, action: str, by: Payload, **more: object) -> None:
        """Tell of a change in an event of its own kind."""

    def label(self, name: str, by: Payload) -> None:
        """Put a label on, if it is not; its case does not matter."""
        known = self.repository.label_named(name)["name"]
        if known not in self.labels:
            self.labels.append(known)
            self._label_changed(known, by, added=True)

    def unlabel(self, name: str, by: Payload) -> None:
        """Take a label off, if it is on; its case does not matter."""
        for known in [each for each in self.labels if each.casefold() == name.casefold()]:
            self.labels.remove(known)
            self._label_changed(known, by, added=False)

    def assign(self, user: Payload, by: Payload) -> None:
        """Assign someone who is not."""
        if user not in self.assignees:
            self.assignees.append(user)
            self._assignee_changed(user, by, added=True)

    def unassign(self, user: Payload, by: Payload, *, names: bool = True) -> None:
        """Unassign someone who is; GitHub does not always name whom, then ``assignee`` is null."""
        if user in self.assignees:
            self.assignees.remove(user)
            self._assignee_changed(user, by, added=False, names=names)

    def comment(self, body: str, by: Payload, via_app: Payload | None = None) -> Comment:
        """Comment in the conversation."""
        now = self.changes()
        comment = Comment(
            id=self.happenings.new_id(),
            by=by,
            body=body,
            created_at=now,
            updated_at=now,
            via_app=via_app,
        )
        self.comments.append(comment)
        self.note("commented", by, {"id": comment.id, "body": body, "user": by})
        self.refer(body, by)
        self.tell_comment("created", comment, by)
        return comment

    def edit_comment(self, comment: Comment, body: str, by: Payload) -> None:
        """Give a comment another text."""
        before, comment.body = comment.body, body
        comment.updated_at = self.changes()
        self.tell_comment("edited", comment, by, changes={"body": {"from": before}})

    def comment_snapshot(self, comment: Comment) -> Payload:
        """Return a comment as it is now."""
        built = a_comment(
            issue=self.as_issue(),
            **self.told_author(comment.by),
            body=comment.body,
            created_at=comment.created_at,
            updated_at=comment.updated_at,
            performed_via_github_app=comment.via_app,
        )
        return with_id(built, comment.id)

    def tell_comment(self, action: str, comment: Comment, by: Payload, **more: object) -> None:
        """Tell of a comment."""
        self.repository.tell(
            "issue_comment",
            action,
            by=by,
            about=self.about,
            subject=self,
            issue=self.as_issue(),
            comment=self.comment_snapshot(comment),
            **more,
        )

    def note(
        self,
        event: str,
        by: Payload,
        more: Payload | None = None,
        source: "Subject | None" = None,
    ) -> None:
        """Put something into the timeline, perhaps with the issue or pull request it came from."""
        noted = TimelineEvent(
            id=self.happenings.new_id(),
            event=event,
            by=by,
            at=self.repository.clock.written(),
            more=more or {},
            source=source.as_issue if source else None,
        )
        self.timeline.append(noted)

    def note_action(self, action: str, by: Payload, more: Payload) -> None:
        """Put what a delivery tells into the timeline, where that shows it."""
        if event := event_of(action):
            shown = ("label", "assignee", "requested_reviewer")
            self.note(event, by, {key: more[key] for key in shown if key in more})

    def refer(self, text: str | None, by: Payload) -> None:
        """Let those that a text mentions show where they were mentioned, once each."""
        known = [each for each in self.repository.subjects if isinstance(each, Subject)]
        for other in [each for each in known if each.number in mentioned_in(text)]:
            self.refer_to(other, by)

    def refer_to(self, other: "Subject", by: Payload) -> None:
        """Let another show that this refers to it, once."""
        referred = any(each.source == self.as_issue for each in other.timeline)
        if other is not self and not referred:
            other.note("cross-referenced", by, source=self)

    def changes(self) -> str:
        """Let time pass for a change to this, and return the time."""
        self.updated_at = self.repository.clock.stamp()
        return self.updated_at

    def told_author(self, author: Payload) -> Payload:
        """Return what payloads say of who wrote something."""
        access = self.repository.access
        return {
            "user": access.directory.shown(author),
            "author_association": access.association(author),
        }

    def label_payloads(self) -> list[Payload]:
        """Return its labels as payloads show them."""
        return [self.repository.label_named(name) for name in self.labels]

    def issue_fields(self) -> Payload:
        """Return what it says of itself as an issue."""
        issue = an_issue(
            self.number, repository=self.repository.snapshot(), assignees=self.assignees
        )
        return issue | self.common_fields()

    def common_fields(self) -> Payload:
        """Return what issues and pull requests say of themselves under the same names."""
        return {
            "title": self.title,
            "body": self.body,
            **self.told_author(self.author),
            "state": self.state,
            "labels": self.label_payloads(),
            "comments": len(self.comments),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "closed_at": self.closed_at,
        }

    def _label_changed(self, name: str, by: Payload, *, added: bool) -> None:
        at = self.changes()
        self.label_changes.append(LabelChange(name=name, added=added, by=by["login"], at=at))
        label = self.repository.label_named(name)
        self.tell("labeled" if added else "unlabeled", by, label=label)

    def _assignee_changed(
        self, user: Payload, by: Payload, *, added: bool, names: bool = True
    ) -> None:
        at = self.changes()
        change = AssigneeChange(login=user["login"], added=added, by=by["login"], at=at)
        self.assignee_changes.append(change)
        self.tell("assigned" if added else "unassigned", by, assignee=user if names else None)
