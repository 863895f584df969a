"""GitHub, as far as we need it. Every operation raises only kinds of ``GitHubFailure``."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from events.catalogue import PolicyProblem
from events.github.agents import Agent
from events.json_types import JsonObject
from reactions.ports.answers import (
    ActingUser,
    Answer,
    AppSetup,
    Assignment,
    Comment,
    Ended,
    HookDelivery,
    HookSetup,
    Issue,
    MergeMethod,
    PullRequest,
    Repository,
    RepositoryFile,
    RequiredChecks,
    ServerSetup,
    Task,
)
from reactions.ports.failed_checks import ReadingFailures, ReadingRuns, RunningAgain


class LookingUp(ReadingRuns, Protocol):
    """To look before something is done."""

    async def issue(self, repo: Repository, number: int) -> Issue:
        """Return an issue; a pull request is one too, and says so."""
        ...

    async def pull_request(self, repo: Repository, number: int) -> PullRequest:
        """Return a pull request."""
        ...

    def comments_with(
        self, repo: Repository, number: int, marker: str, since: datetime | None = None
    ) -> AsyncIterator[Comment]:
        """Yield the comments that contain a marker, whoever wrote them, oldest first.

        Looks at all comments, or at those changed since a time, which is cheaper.
        """
        ...


class AskingAsUser(Protocol):
    """To ask what GitHub tells people, and no App."""

    async def tasks(self, repo: Repository) -> tuple[Task, ...]:
        """Return the tasks of agents that moved last, as the acting user sees them.

        Raises NotFound, Forbidden or Refused where GitHub tells nothing of them.
        """
        ...

    async def agent_merge(self, repo: Repository, number: int) -> bool | None:
        """Say whether Agent Merge is on for a pull request; None: the answer does not tell.

        Raises NotFound, Forbidden or Refused where GitHub knows no such thing.
        """
        ...


class Acting(AskingAsUser, RunningAgain, Protocol):
    """To change something on GitHub, verified by what it answers; to ask as who does it."""

    async def assign(self, repo: Repository, number: int, assignment: Assignment) -> Answer:
        """Assign an issue to an agent as the acting user.

        Raises Refused when the answer does not list it: GitHub ignores silently.
        """
        ...

    async def unassign(self, repo: Repository, number: int, agent: Agent) -> Answer:
        """Take an agent off an issue as the acting user; it may be off already."""
        ...

    async def comment(self, repo: Repository, number: int, body: str, *, as_user: bool) -> Answer:
        """Comment on an issue or pull request; has ``comment_id``, and ``created_at`` if told."""
        ...

    async def mark_ready(self, repo: Repository, number: int) -> Answer:
        """Take a pull request out of draft as the acting user; it may be out already."""
        ...

    async def request_copilot_review(self, repo: Repository, number: int) -> Answer:
        """Request a review by Copilot; raises Refused when the answer does not list it."""
        ...

    async def enable_agent_merge(self, repo: Repository, number: int) -> Answer:
        """Switch Agent Merge on as the acting user; raises Refused when it does not show to be."""
        ...

    async def disable_agent_merge(self, repo: Repository, number: int) -> Answer:
        """Switch Agent Merge off as the acting user; raises Refused likewise."""
        ...

    async def add_label(self, repo: Repository, number: int, label: str) -> Answer:
        """Add a label; it may be there already."""
        ...

    async def remove_label(self, repo: Repository, number: int, label: str) -> Answer:
        """Remove a label; it may be absent."""
        ...

    async def merge(
        self, repo: Repository, number: int, head_sha: str, method: MergeMethod
    ) -> Answer:
        """Merge a pull request whose head is ``head_sha``; the answer has ``sha``.

        Raises Conflict when it cannot be merged or the head moved.
        """
        ...


class ActingAsPeople(Acting, Protocol):
    """To change things also as somebody who consented."""

    def as_person(self, user_id: int, token: str) -> Acting:
        """Return what acts as somebody where the others act as the acting user of the settings."""
        ...


class Policing(Protocol):
    """To know a repository's policy file, and to answer for it."""

    async def file(
        self, repo: Repository, path: str, ref: str | None = None
    ) -> RepositoryFile | None:
        """Return a file of the default branch or of ``ref``, or None when there is none.

        Raises Refused where the path is no file, or it is no UTF-8 or larger than 256 KiB.
        """
        ...

    async def last_commit(self, repo: Repository, path: str) -> str | None:
        """Return the newest commit of the default branch that changed a file; None: there is none.

        The file is in it as it is on the default branch, or is absent from both.
        """
        ...

    async def report_policy(
        self, repo: Repository, commit: str, problems: Sequence[PolicyProblem]
    ) -> Answer:
        """Report on a commit whether its policy file is valid; has ``check_run_id``."""
        ...


class ReadingIssues(Protocol):
    """To read a single issue whole."""

    async def whole_issue(self, repo: Repository, number: int) -> JsonObject:
        """Return an issue as GitHub has it; raises NotFound for one that moved away too."""
        ...


class ReadingPullRequests(Protocol):
    """To read a single pull request whole."""

    async def whole_pull_request(self, repo: Repository, number: int) -> JsonObject:
        """Return a pull request as GitHub has it."""
        ...


class Recovering(ReadingIssues, ReadingPullRequests, Protocol):
    """To learn what deliveries did not tell; lists raise Refused beyond 10,000 objects."""

    def installations(self) -> AsyncIterator[JsonObject]:
        """Yield the installations of the App."""
        ...

    def repositories(self, installation_id: int) -> AsyncIterator[JsonObject]:
        """Yield the repositories that an installation may see."""
        ...

    async def installation_of(self, repository_id: int) -> JsonObject | None:
        """Return the installation through which the App reaches a repository; None: by none."""
        ...

    async def whole_repository(self, repo: Repository) -> JsonObject:
        """Return a repository as GitHub has it, under the name that it has now."""
        ...

    def open_issues(self, repo: Repository) -> AsyncIterator[JsonObject]:
        """Yield the open issues, oldest first, without pull requests."""
        ...

    def open_pull_requests(self, repo: Repository) -> AsyncIterator[JsonObject]:
        """Yield the open pull requests, oldest first."""
        ...

    def reviews(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        """Yield the reviews of a pull request, oldest first."""
        ...

    def review_comments(
        self, repo: Repository, number: int, review_id: int
    ) -> AsyncIterator[JsonObject]:
        """Yield the comments on changes of one review, oldest first."""
        ...

    def check_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the check runs of a commit, those that were run again included."""
        ...

    def statuses(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the statuses of a commit, newest first."""
        ...

    def actions_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the Actions runs for a commit."""
        ...

    async def required_checks(self, repo: Repository, branch: str) -> RequiredChecks:
        """Return the checks that rulesets and classic protection require of a branch."""
        ...

    def deliveries(self, since: datetime) -> AsyncIterator[HookDelivery]:
        """Yield attempts to deliver to the App's webhook, newest first, back to a time."""
        ...

    async def redeliver(self, delivery_id: int) -> Answer:
        """Ask GitHub to deliver once more."""
        ...


class Answering(ReadingIssues, ReadingPullRequests, ReadingFailures, Protocol):
    """To ask what no delivery says."""

    async def permission(self, repo: Repository, login: str) -> JsonObject:
        """Return what somebody may do in a repository; raises NotFound for an unknown login."""
        ...

    async def closing_issues(self, repo: Repository, number: int) -> tuple[int, ...]:
        """Return the issues of the repository that a pull request closes by GitHub's own word."""
        ...

    async def copilot_ended(self, repo: Repository, number: int) -> Ended | None:
        """Return when Copilot last ended its work on a pull request by its timeline; None: never.

        Work that began anew since has not ended.
        """
        ...

    def blockers(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        """Yield the issues that block one, open or not, each with its ``repository``.

        That has an ``id`` unless it is of ``repo`` or we may not read it, else its ``full_name``.
        """
        ...

    def sub_issues(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        """Yield the parts of an issue that we may see in their order, each as ``blockers`` are."""
        ...


class Examining(AskingAsUser, Protocol):
    """To find what is not set up."""

    async def server(self) -> ServerSetup:
        """Return GitHub's clock and API versions, asked without any credential."""
        ...

    async def app(self) -> AppSetup:
        """Return what the App may do and hears."""
        ...

    async def hook(self) -> HookSetup:
        """Return the App's webhook."""
        ...

    async def acting_user(self) -> ActingUser | None:
        """Return whose token is configured; None without one."""
        ...

    async def app_user(self) -> ActingUser:
        """Return the App's own user, as whom it writes comments."""
        ...

    async def assignable_bots(self, repo: Repository) -> frozenset[int]:
        """Return the ids of bots that issues can be assigned to, as the acting user sees it."""
        ...

    async def runs_need_approval(self, repo: Repository) -> bool:
        """Say whether a person must approve before Actions runs for what Copilot pushed."""
        ...


class GitHub(LookingUp, ActingAsPeople, Policing, Recovering, Answering, Examining, Protocol):
    """All that we ask of GitHub."""
