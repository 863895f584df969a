"""Looking at issues, pull requests and comments."""

from datetime import UTC, datetime

from events.github.node import Node
from events.github.scalars import integer
from gateway.calls import Caller, Calls
from gateway.paging import paged
from gateway.paths import repository_path
from gateway.reply import Parameters, Reply
from gateway.who import as_app_in
from reactions.ports.answers import Issue, PullRequest, Repository, State
from reactions.ports.failures import NotFound


class Reads(Caller):
    """What is read before something is done."""

    async def issue(self, repo: Repository, number: int) -> Issue:
        """Return an issue; one that moved to another repository is not found."""
        return (await issue_reply(self._calls, repo, number)).read(_issue)

    async def pull_request(self, repo: Repository, number: int) -> PullRequest:
        """Return a pull request."""
        path = repository_path(repo, "pulls", number)
        return (await self._calls.get(as_app_in(repo), path)).read(_pull_request)

    async def comment_with(
        self, repo: Repository, number: int, marker: str, since: datetime | None = None
    ) -> int | None:
        """Return the id of the first comment that contains a marker, or None."""
        path = repository_path(repo, "issues", number, "comments")
        async for comment in paged(self._calls, as_app_in(repo), path, _changed_since(since)):
            body = comment.get("body")
            if isinstance(body, str) and marker in body:
                return integer(comment.get("id"))
        return None


async def issue_reply(calls: Calls, repo: Repository, number: int) -> Reply:
    """Ask for an issue; one that moved to another repository is not found."""
    reply = await calls.get(as_app_in(repo), repository_path(repo, "issues", number))
    there = reply.read(lambda node: node.need_integer("number"))
    if there != number:  # GitHub leads on to where it went
        raise NotFound(
            f"issue {number} is number {there} of another repository now",
            status=reply.status,
            request_id=reply.request_id,
        )
    return reply


def ids(node: Node, key: str) -> tuple[int, ...]:
    """Return the ids of the users under a key."""
    found = (user.integer("id") for user in node.nodes(key))
    return tuple(user_id for user_id in found if user_id is not None)


def _issue(node: Node) -> Issue:
    return Issue(
        number=node.need_integer("number"),
        node_id=node.need_name("node_id"),
        state=_state(node),
        assignee_ids=ids(node, "assignees"),
        labels=tuple(label.need_name("name") for label in node.nodes("labels")),
        is_pull_request="pull_request" in node.json,
    )


def _pull_request(node: Node) -> PullRequest:
    return PullRequest(
        number=node.need_integer("number"),
        node_id=node.need_name("node_id"),
        state=_state(node),
        draft=node.need_flag("draft"),
        merged=node.need_flag("merged"),
        head_sha=node.need_node("head").need_name("sha"),
        requested_reviewer_ids=ids(node, "requested_reviewers"),
    )


def _state(node: Node) -> State:
    match node.need_name("state"):
        case "open" | "closed" as state:
            return state
        case _:
            return node.refuse("state", "'open' or 'closed'")


def _changed_since(since: datetime | None) -> Parameters:
    return {} if since is None else {"since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
