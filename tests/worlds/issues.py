"""Issues and what happens to them."""

from typing import Literal

from simulator.payloads import Payload, a_repository, an_issue
from tests.worlds.dependencies import Dependent
from tests.worlds.people import copilot, maintainer
from tests.worlds.possible import require
from tests.worlds.repository_state import RepositoryState


class Issue(Dependent):
    """An issue; ``assigned_by`` is who last assigned it to Copilot."""

    state_reason: str | None = None
    assigned_by: Payload | None = None

    def assign_copilot(self, by: Payload = maintainer) -> None:
        """Assign it to Copilot."""
        self.assign(copilot, by)
        self.assigned_by = by

    def unassign_copilot(self, by: Payload = maintainer) -> None:
        """Take it away from Copilot."""
        self.unassign(copilot, by)

    def close(
        self,
        reason: Literal["completed", "not_planned", "duplicate"] = "completed",
        by: Payload = maintainer,
    ) -> None:
        """Close it."""
        require(self.is_open, f"#{self.number} is not open")
        self.closed_at = self.changes()
        self.state, self.state_reason = "closed", reason
        self.tell("closed", by)

    def reopen(self, by: Payload = maintainer) -> None:
        """Open it again."""
        require(self.state == "closed", f"#{self.number} is open")
        self.changes()
        self.state, self.state_reason, self.closed_at = "open", "reopened", None
        self.tell("reopened", by)

    def edit_title(self, title: str, by: Payload = maintainer) -> None:
        """Give it another title."""
        self.changes()
        before, self.title = self.title, title
        self.tell("edited", by, changes={"title": {"from": before}})

    def delete(self, by: Payload = maintainer) -> None:
        """Delete it for good."""
        self.changes()
        self.tell("deleted", by)
        self._leave()

    def transfer(self, by: Payload = maintainer) -> None:
        """Move it to a repository where our App is not installed."""
        self.changes()
        away = a_repository("octo-attic/attic")
        self._tell_transferred(an_issue(1, repository=away, title=self.title), away, by)
        self._leave()

    def transfer_to(self, repository: RepositoryState, by: Payload = maintainer) -> "Issue":
        """Move it to a repository of this world, and return what it has become there."""
        require(repository is not self.repository, f"#{self.number} is there already")
        self.changes()
        moved = Issue(repository, self.title, self.body, self.author)
        moved.created_at = self.created_at
        moved.state, moved.state_reason = self.state, self.state_reason
        moved.closed_at, moved.assigned_by = self.closed_at, self.assigned_by
        moved.labels, moved.assignees = [*self.labels], [*self.assignees]
        self._tell_transferred(moved.snapshot(), repository.snapshot(), by)
        old = {"old_issue": self.snapshot(), "old_repository": self.repository.snapshot()}
        moved.tell("opened", by, changes=old)
        self._leave()
        return moved

    def snapshot(self) -> Payload:
        """Return the issue as it is now."""
        return an_issue(
            self.number,
            repository=self.repository.snapshot(),
            labels=self.labels,
            assignees=self.assignees,
            title=self.title,
            body=self.body,
            user=self.author,
            state=self.state,
            state_reason=self.state_reason,
            comments=self.comments,
            created_at=self.created_at,
            updated_at=self.updated_at,
            closed_at=self.closed_at,
            issue_dependencies_summary=self.dependencies_summary(),
        )

    def as_issue(self) -> Payload:
        """Return it as comments embed it."""
        return self.snapshot()

    def tell(self, action: str, by: Payload, **more: object) -> None:
        """Send an ``issues`` delivery."""
        self.repository.send("issues", action, by=by, issue=self.snapshot(), **more)

    def _tell_transferred(self, issue: Payload, repository: Payload, by: Payload) -> None:
        changes = {"new_issue": issue, "new_repository": repository}
        self.tell("transferred", by, changes=changes)

    def _leave(self) -> None:
        self.leave_dependencies()
        self.gone = True
