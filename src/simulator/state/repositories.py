"""Repositories in which issues and pull requests are opened."""

from collections.abc import Sequence

from simulator.payloads import Payload, a_repository
from simulator.state.accounts import COPILOT, OWNER, word_of
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import Gone, Moved, NotFound, Refused
from simulator.state.repository import Commit
from simulator.state.rules import Ruled


class Repository(Ruled):
    """A repository of which Copilot can be asked, unless ``copilot_enabled`` says no.

    Agent Merge can be switched on where GitHub ``knows_agent_merge``.
    """

    copilot_enabled = True
    scribe_enabled = False
    approve_runs = False
    knows_agent_merge = False

    @property
    def issues(self) -> list[Issue]:
        """Its issues, in the order of their numbers."""
        return [each for each in self.subjects if isinstance(each, Issue)]

    @property
    def pull_requests(self) -> list[PullRequest]:
        """Its pull requests, in the order of their numbers."""
        return [each for each in self.subjects if isinstance(each, PullRequest)]

    @property
    def threads(self) -> list[Issue | PullRequest]:
        """Its issues and pull requests, in the order of their numbers."""
        return [each for each in self.subjects if isinstance(each, Issue | PullRequest)]

    def subject(self, number: int) -> Issue | PullRequest:
        """Return the issue or pull request of a number, or refuse."""
        found = self.subjects[number - 1] if 0 < number <= len(self.subjects) else None
        if isinstance(found, Refused):
            raise found
        if not isinstance(found, Issue | PullRequest):
            raise NotFound
        return found

    def issue(self, number: int) -> Issue:
        """Return the issue of a number, or refuse."""
        found = self.subject(number)
        if not isinstance(found, Issue):
            raise NotFound
        return found

    def pull_request(self, number: int) -> PullRequest:
        """Return the pull request of a number, or refuse."""
        found = self.subject(number)
        if not isinstance(found, PullRequest):
            raise NotFound
        return found

    def open_issue(
        self, title: str, body: str = "", labels: Sequence[str] = (), by: Payload = OWNER
    ) -> Issue:
        """Open an issue, perhaps with labels, each of which GitHub tells once more."""
        issue = Issue(self, title, body or None, by)
        issue.labels += labels
        issue.refer(body, by)
        issue.tell("opened", by)
        for name in labels:
            issue.tell("labeled", by, label=self.label_named(name))
        return issue

    def delete_issue(self, issue: Issue, by: Payload = OWNER) -> None:
        """Delete an issue, which is gone for good."""
        issue.changes()
        issue.tell("deleted", by)
        self.subjects[issue.number - 1] = Gone()

    def transfer_issue(self, issue: Issue, to: "Repository", by: Payload = OWNER) -> Issue:
        """Move an issue to another repository, under a new number; nobody is assigned there."""
        moved = Issue(to, issue.title, issue.body, issue.author)
        moved.labels += issue.labels
        issue.changes()
        there = {"new_issue": moved.snapshot(), "new_repository": to.snapshot()}
        issue.tell("transferred", by, changes=there)
        here = {"old_issue": issue.snapshot(), "old_repository": self.snapshot()}
        moved.tell("opened", by, changes=here)
        self.subjects[issue.number - 1] = Moved(moved.snapshot()["url"])
        return moved

    def copilot_opens(  # noqa: PLR0913 (what may be different about a draft)
        self,
        issue: Issue,
        *,
        keyword: bool = True,
        body: str | None = None,
        base: str | None = None,
        trace: bool = True,
        agent: Payload = COPILOT,
    ) -> PullRequest:
        """Let an agent open a draft for an issue, assigned to itself and who assigned it.

        By default it targets what the assignment asked for; ``trace`` shows it on the issue, also
        where the body does not name that.
        """
        written = (
            f"Fixes #{issue.number}\n\nI am looking into it." if keyword else "I look into it."
        )
        pull = PullRequest(
            self,
            f"[WIP] {issue.title}",
            body or written,
            agent,
            self._branch(issue, agent),
            origin=issue,
        )
        if trace:
            pull.refer_to(issue, agent)
        wanted = base or (issue.agent or {}).get("base_branch") or self.default_branch
        self._open_draft(pull, wanted, issue.assigned_by)
        return pull

    def copilot_opens_unasked(
        self, title: str, body: str = "", *, base: str | None = None, asked_by: Payload = OWNER
    ) -> PullRequest:
        """Let Copilot open a draft that no issue was assigned for: someone asked in a chat."""
        words = "-".join(title.lower().split())
        pull = PullRequest(self, f"[WIP] {title}", body, COPILOT, f"copilot/{words}")
        self._open_draft(pull, base or self.default_branch, asked_by)
        return pull

    def person_opens(
        self, issue: Issue, by: Payload = OWNER, *, body: str | None = None, base: str | None = None
    ) -> PullRequest:
        """Let a person open a pull request for an issue: from a fork, unless they may write."""
        branch = f"{by['login']}/issue-{issue.number}"
        text = f"Fixes #{issue.number}" if body is None else body
        pull = PullRequest(self, issue.title, text, by, branch, origin=issue)
        pull.base_ref = base or self.default_branch
        if not self.access.may_write(by):
            name = self.full_name.partition("/")[2]
            pull.fork = a_repository(f"{by['login']}/{name}", owner=by, fork=True, private=False)
        pull.push_head(pull.commits[-1], by)
        pull.refer(text, by)
        pull.tell("opened", by)
        return pull

    def open_pull(  # noqa: PLR0913 (what GitHub's API is told of a new pull request)
        self, title: str, body: str, head: str, base: str, by: Payload, *, draft: bool = False
    ) -> PullRequest:
        """Open a pull request of what a branch has and another does not."""
        commits = self.commits_between(base, head)
        if not commits:
            raise Refused(errors=[_about_pull(f"No commits between {base} and {head}")])
        if any(each.is_open and each.head_ref == head for each in self.pull_requests):
            owner = self.full_name.partition("/")[0]
            raise Refused(
                errors=[_about_pull(f"A pull request already exists for {owner}:{head}.")]
            )
        pull = PullRequest(self, title, body, by, head)
        pull.base_ref, pull.commits, pull.draft = base, commits, draft
        pull.refer(body, by)
        pull.tell("opened", by)
        return pull

    def commit_file(self, path: str, text: str, by: Payload, branch: str, message: str) -> Commit:
        """Commit a file to a branch, and so to the pull request that is open for it."""
        commit = self.write_file(path, text, by, branch=branch, message=message)
        for pull in self.pull_requests:
            if pull.is_open and pull.head_ref == branch and pull.fork is None:
                pull.take(commit, by)
        return commit

    def _open_draft(self, pull: PullRequest, base: str, asked_by: Payload | None) -> None:
        pull.base_ref = base if base in self.branches else self.default_branch
        pull.draft = True
        pull.asked_by = asked_by
        agent = pull.author
        pull.assignees = [agent, asked_by or OWNER]
        self.push(pull.head_ref, pull.commits[-1], agent)
        pull.refer(pull.body, agent)
        pull.tell("opened", agent)
        for user in pull.assignees:
            pull.tell("assigned", agent, assignee=user)

    def _branch(self, issue: Issue, agent: Payload) -> str:
        before = sum(each.origin is issue for each in self.pull_requests)
        return f"{word_of(agent)}/fix-{issue.number}" + (f"-{before + 1}" if before else "")


def _about_pull(message: str) -> Payload:
    return {"resource": "PullRequest", "code": "custom", "message": message}
