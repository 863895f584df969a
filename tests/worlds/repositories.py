"""Repositories in which issues and pull requests are opened."""

from collections.abc import Sequence

from simulator.payloads import ZEROS, Payload, a_repository
from tests.worlds.issues import Issue
from tests.worlds.people import copilot, maintainer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repository_state import RepositoryState


class Repository(RepositoryState):
    """A repository of a world."""

    @property
    def issues(self) -> list[Issue]:
        """Its issues, also those that are gone, in the order of their numbers."""
        return [each for each in self.subjects if isinstance(each, Issue)]

    @property
    def pull_requests(self) -> list[PullRequest]:
        """Its pull requests, in the order of their numbers."""
        return [each for each in self.subjects if isinstance(each, PullRequest)]

    def open_issue(
        self, title: str, labels: Sequence[str] = (), by: Payload = maintainer, body: str = ""
    ) -> Issue:
        """Open an issue, perhaps with labels, each of which GitHub tells once more."""
        self.webhook.clock.tick()
        issue = Issue(self, title, body or None, by)
        issue.labels += labels
        issue.tell("opened", by)
        for name in labels:
            issue.tell("labeled", by, label=issue.label_named(name))
        return issue

    def copilot_opens(
        self, issue: Issue, *, closes: bool = True, base: str | None = None
    ) -> PullRequest:
        """Let Copilot open a draft for an issue, assigned to itself and who assigned it."""
        self.webhook.clock.tick()
        body = _body(issue, closes=closes)
        pull = PullRequest(issue, f"[WIP] {issue.title}", body, copilot, self._branch(issue))
        pull.draft = True
        pull.base_ref = base or self.default_branch
        pull.assignees = [copilot, issue.assigned_by or maintainer]
        self._open(pull)
        for user in pull.assignees:
            pull.tell("assigned", copilot, assignee=user)
        return pull

    def person_opens(
        self,
        issue: Issue,
        by: Payload = maintainer,
        *,
        closes: bool = True,
        from_fork: bool = False,
    ) -> PullRequest:
        """Let a person open a pull request for an issue, perhaps from a fork."""
        self.webhook.clock.tick()
        branch = f"{by['login']}/issue-{issue.number}"
        pull = PullRequest(issue, issue.title, _body(issue, closes=closes), by, branch)
        if from_fork:
            pull.fork = a_repository(f"{by['login']}/{self.full_name.partition('/')[2]}", fork=True)
        self._open(pull)
        return pull

    def _branch(self, issue: Issue) -> str:
        before = sum(each.issue is issue for each in self.pull_requests)
        return f"copilot/fix-{issue.number}" + (f"-{before + 1}" if before else "")

    def _open(self, pull: PullRequest) -> None:
        if pull.fork is None:
            self.push(pull.head_ref, ZEROS, pull.head_sha, pull.author)
        pull.tell("opened", pull.author)


def _body(issue: Issue, *, closes: bool) -> str:
    changed = "The session is opened anew once the link is back."
    return f"Fixes #{issue.number}\n\n{changed}" if closes else changed
