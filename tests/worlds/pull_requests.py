"""Pull requests and what happens to them."""

from simulator.payloads import Payload
from tests.worlds.checks import Checked
from tests.worlds.issues import Issue
from tests.worlds.people import copilot, maintainer
from tests.worlds.possible import require
from tests.worlds.reviews import Reviewed


class PullRequest(Checked, Reviewed):
    """A pull request; it closes the issues of which its body has a line ``Fixes #N``."""

    def push(self, by: Payload = copilot, *, forced: bool = False) -> str:
        """Push a new commit, or with force another one in its place; return its SHA.

        A push to a fork's branch is told to the fork alone: here only the pull request changes.
        """
        require(self.is_open, f"#{self.number} is not open")
        self.changes()
        before, after = self.new_commit(by)
        if self.fork is None:
            self.repository.push(self.head_ref, before, after, by, forced=forced)
        self.tell("synchronize", by, before=before, after=after)
        return after

    def mark_ready(self, by: Payload = maintainer) -> None:
        """Say that it is no draft any more."""
        require(self.is_open and self.draft, f"#{self.number} is no open draft")
        self.changes()
        self.draft = False
        self.tell("ready_for_review", by)

    def convert_to_draft(self, by: Payload = maintainer) -> None:
        """Make it a draft again."""
        require(self.is_open and not self.draft, f"#{self.number} is a draft or not open")
        self.changes()
        self.draft = True
        self.tell("converted_to_draft", by)

    def close(self, by: Payload = maintainer) -> None:
        """Close it without merging."""
        require(self.is_open, f"#{self.number} is not open")
        self._close()
        self.tell("closed", by)

    def reopen(self, by: Payload = maintainer) -> None:
        """Open it again."""
        require(not self.is_open and not self.merged, f"#{self.number} is open or merged")
        self.changes()
        self.state, self.closed_at = "open", None
        self.tell("reopened", by)

    def merge(self, by: Payload = maintainer) -> None:
        """Merge it, which closes its issues where it targets the default branch."""
        require(self.is_open and not self.draft, f"#{self.number} is a draft or not open")
        with self.webhook.clock.same_second():
            self._close()
            self.merged_at, self.merged_by = self.closed_at, by
            on_default_branch = self.base_ref == self.repository.default_branch
            if on_default_branch:
                self.repository.push_to_default_branch(self.snapshot()["merge_commit_sha"], by)
            self.tell("closed", by)
            for issue in self.closing_issues() if on_default_branch else ():
                issue.close(by=by)

    def closing_issues(self) -> list[Issue]:
        """Return the open issues that it would close."""
        lines = (self.body or "").splitlines()
        issues = [each for each in self.repository.subjects if isinstance(each, Issue)]
        return [each for each in issues if each.is_open and f"Fixes #{each.number}" in lines]

    def _close(self) -> None:
        self.closed_at = self.changes()
        self.state = "closed"
