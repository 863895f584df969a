"""Issues: looking at them and their comments, and what is done to them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from events.github.names import label_key
from events.github.node import Node
from events.json_types import JsonObject
from events.scalars import integer
from gateway.calls import Caller, repository_path
from gateway.credentials import as_app_in
from gateway.reply import Parameters, Reply, Request
from reactions.ports.answers import Answer, Comment, Issue, Repository, State
from reactions.ports.failures import NotFound

OPEN: Parameters = {"state": "open", "sort": "created", "direction": "asc"}


class Issues(Caller):
    """Issues; their comments and labels are those of pull requests, too."""

    async def issue(self, repo: Repository, number: int) -> Issue:
        """Return an issue; one that moved to another repository is not found."""
        return (await self._issue_reply(repo, number)).read(_issue)

    async def whole_issue(self, repo: Repository, number: int) -> JsonObject:
        """Return an issue as GitHub has it; raises NotFound for one that moved away too."""
        return (await self._issue_reply(repo, number)).node.json

    async def open_issues(self, repo: Repository) -> AsyncIterator[JsonObject]:
        """Yield the open issues, oldest first, without pull requests."""
        async for issue in self._listed(repo, ("issues",), OPEN):
            if "pull_request" not in issue:
                yield issue

    async def comments_with(
        self, repo: Repository, number: int, marker: str, since: datetime | None = None
    ) -> AsyncIterator[Comment]:
        """Yield the comments that contain a marker, whoever wrote them, oldest first."""
        path = repository_path(repo, "issues", number, "comments")
        changed = _changed_since(since)
        async for comment in self._calls.listed(as_app_in(repo), path, changed):
            body, comment_id = comment.get("body"), integer(comment.get("id"))
            if isinstance(body, str) and marker in body and comment_id is not None:
                yield _comment(Node(comment, "comment"), comment_id, body)

    async def comment(self, repo: Repository, number: int, body: str, *, as_user: bool) -> Answer:
        """Comment on an issue or pull request; has ``comment_id``, and ``created_at`` if told."""
        credential = self._calls.user if as_user else as_app_in(repo)
        path = repository_path(repo, "issues", number, "comments")
        reply = await self._calls.post(credential, path, {"body": body})
        comment_id = reply.read(lambda node: node.need_integer("id"))
        created_at = reply.node.moment("created_at")
        told = {} if created_at is None else {"created_at": created_at.isoformat()}
        return reply.answer(comment_id=comment_id, **told)

    async def add_label(self, repo: Repository, number: int, label: str) -> Answer:
        """Add a label; it may be there already."""
        path = repository_path(repo, "issues", number, "labels")
        reply = await self._calls.post(as_app_in(repo), path, {"labels": [label]})
        if label_key(label) not in _names(reply):
            raise reply.refused(f"GitHub did not add the label {label!r}")
        return reply.answer()

    async def remove_label(self, repo: Repository, number: int, label: str) -> Answer:
        """Remove a label; it may be absent."""
        path = repository_path(repo, "issues", number, "labels", label)
        try:
            return (await self._calls.send(as_app_in(repo), Request("DELETE", path))).answer()
        except NotFound as error:
            missing = error  # the label, or the issue
        issue = await self.issue(repo, number)
        if label_key(label) in map(label_key, issue.labels):
            raise missing
        return Answer(404, missing.request_id)

    async def _issue_reply(self, repo: Repository, number: int) -> Reply:
        """Ask for an issue; one that moved to another repository is not found."""
        reply = await self._calls.get(as_app_in(repo), repository_path(repo, "issues", number))
        there = reply.read(lambda node: node.need_integer("number"))
        if there != number:  # GitHub leads on to where it went
            raise NotFound(
                f"issue {number} is number {there} of another repository now",
                status=reply.status,
                request_id=reply.request_id,
            )
        return reply


def user_ids(node: Node, key: str) -> tuple[int, ...]:
    """Return the ids of the users under a key."""
    found = (user.integer("id") for user in node.nodes(key))
    return tuple(user_id for user_id in found if user_id is not None)


def state_of(node: Node) -> State:
    """Return the state of an issue or pull request."""
    match node.need_name("state"):
        case "open" | "closed" as state:
            return state
        case _:
            return node.refuse("state", "'open' or 'closed'")


def _comment(node: Node, comment_id: int, body: str) -> Comment:
    author, created_at = node.node("user"), node.moment("created_at")
    return Comment(
        id=comment_id,
        body=body,
        author_id=author.integer("id"),
        by_bot=author.name("type") == "Bot",
        created_at=created_at,
        edited=created_at is None or node.moment("updated_at") != created_at,
    )


def _issue(node: Node) -> Issue:
    return Issue(
        number=node.need_integer("number"),
        node_id=node.need_name("node_id"),
        state=state_of(node),
        assignee_ids=user_ids(node, "assignees"),
        labels=tuple(label.need_name("name") for label in node.nodes("labels")),
        is_pull_request="pull_request" in node.json,
    )


def _changed_since(since: datetime | None) -> Parameters:
    return {} if since is None else {"since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def _names(reply: Reply) -> set[str]:
    labels = reply.json if isinstance(reply.json, list) else []
    names = (label.get("name") for label in labels if isinstance(label, dict))
    return {label_key(name) for name in names if isinstance(name, str)}
