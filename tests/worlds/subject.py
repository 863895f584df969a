"""What people do with an issue and with a pull request alike."""

from abc import ABC, abstractmethod

from simulator.payloads import Payload, a_comment, a_label
from tests.worlds.people import maintainer
from tests.worlds.possible import require
from tests.worlds.repository_state import RepositoryState
from tests.worlds.webhook import with_id


class Subject(ABC):
    """An issue or a pull request, made at the clock's time."""

    def __init__(
        self, repository: RepositoryState, title: str, body: str | None, author: Payload
    ) -> None:
        self.repository = repository
        self.webhook = repository.webhook
        self.number = repository.number(self)
        self.title = title
        self.body = body
        self.author = author
        self.state = "open"
        self.labels: list[str] = []
        self.assignees: list[Payload] = []
        self.comments = 0
        self.created_at = self.updated_at = self.webhook.clock.now
        self.closed_at: str | None = None
        self.gone = False

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.state == "open" and not self.gone

    @abstractmethod
    def snapshot(self) -> Payload:
        """Return it as it is now."""

    @abstractmethod
    def as_issue(self) -> Payload:
        """Return it as comments embed it."""

    @abstractmethod
    def tell(self, action: str, by: Payload, **more: object) -> None:
        """Send a delivery of its own kind."""

    def label(self, name: str, by: Payload = maintainer) -> None:
        """Put a label on."""
        require(name not in self.labels, f"#{self.number} has the label {name}")
        self.changes()
        self.labels.append(name)
        self.tell("labeled", by, label=self.label_named(name))

    def unlabel(self, name: str, by: Payload = maintainer) -> None:
        """Take a label off."""
        require(name in self.labels, f"#{self.number} has no label {name}")
        self.changes()
        self.labels.remove(name)
        self.tell("unlabeled", by, label=self.label_named(name))

    def assign(self, user: Payload, by: Payload = maintainer) -> None:
        """Assign someone."""
        require(user not in self.assignees, f"{user['login']} is assigned to #{self.number}")
        self.changes()
        self.assignees.append(user)
        self.tell("assigned", by, assignee=user)

    def unassign(self, user: Payload, by: Payload = maintainer) -> None:
        """Unassign someone."""
        require(user in self.assignees, f"{user['login']} is not assigned to #{self.number}")
        self.changes()
        self.assignees.remove(user)
        self.tell("unassigned", by, assignee=user)

    def comment(self, body: str, by: Payload = maintainer, *, association: str = "MEMBER") -> None:
        """Comment in the conversation."""
        now = self.changes()
        self.comments += 1
        issue = self.as_issue()
        said = a_comment(issue=issue, user=by, body=body, created_at=now, updated_at=now)
        said["author_association"] = association
        comment = with_id(said, self.webhook.new_id())
        self.repository.send("issue_comment", "created", by=by, issue=issue, comment=comment)

    def changes(self) -> str:
        """Let a second pass for a change to this, and return the time."""
        require(not self.gone, f"#{self.number} was deleted or transferred")
        self.webhook.clock.tick()
        self.updated_at = self.webhook.clock.now
        return self.updated_at

    def label_named(self, name: str) -> Payload:
        """Return a label of this repository."""
        return a_label(name, self.repository.snapshot())
