"""Pull requests: looking at them and their reviews, taking them out of draft, merging them."""

from collections.abc import AsyncIterator

from events.github.node import Node
from events.json_types import JsonObject
from gateway.calls import Caller, repository_path
from gateway.credentials import as_app_in
from gateway.issues import OPEN, state_of, user_ids
from gateway.reply import Request
from reactions.ports.answers import Answer, MergeMethod, PullRequest, Repository

_MARK_READY = """\
mutation($id: ID!) {
  markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } }
}"""
_OK = 200


class PullRequests(Caller):
    """Pull requests and their reviews."""

    async def pull_request(self, repo: Repository, number: int) -> PullRequest:
        """Return a pull request."""
        path = repository_path(repo, "pulls", number)
        return (await self._calls.get(as_app_in(repo), path)).read(_pull_request)

    async def whole_pull_request(self, repo: Repository, number: int) -> JsonObject:
        """Return a pull request as GitHub has it."""
        path = repository_path(repo, "pulls", number)
        return (await self._calls.get(as_app_in(repo), path)).node.json

    def open_pull_requests(self, repo: Repository) -> AsyncIterator[JsonObject]:
        """Yield the open pull requests, oldest first."""
        return self._listed(repo, ("pulls",), OPEN)

    def reviews(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        """Yield the reviews of a pull request, oldest first."""
        return self._listed(repo, ("pulls", number, "reviews"), {})

    def review_comments(
        self, repo: Repository, number: int, review_id: int
    ) -> AsyncIterator[JsonObject]:
        """Yield the comments on changes of one review, oldest first."""
        return self._listed(repo, ("pulls", number, "reviews", review_id, "comments"), {})

    async def mark_ready(self, repo: Repository, number: int) -> Answer:
        """Take a pull request out of draft as the acting user; it may be out already."""
        pull_request = await self.pull_request(repo, number)
        if not pull_request.draft:
            return Answer(_OK)
        reply = await self._calls.graphql(
            self._calls.user, _MARK_READY, {"id": pull_request.node_id}
        )
        if reply.read(_is_draft):
            raise reply.refused("GitHub left the pull request in draft")
        return reply.answer()

    async def merge(
        self, repo: Repository, number: int, head_sha: str, method: MergeMethod
    ) -> Answer:
        """Merge a pull request whose head is ``head_sha``; the answer has ``sha``."""
        path = repository_path(repo, "pulls", number, "merge")
        body = {"sha": head_sha, "merge_method": method}
        reply = await self._calls.send(as_app_in(repo), Request("PUT", path, json=body))
        if not reply.node.flag("merged"):
            raise reply.refused("GitHub did not merge the pull request")
        return reply.answer(sha=reply.read(lambda node: node.need_name("sha")))


def _pull_request(node: Node) -> PullRequest:
    return PullRequest(
        number=node.need_integer("number"),
        node_id=node.need_name("node_id"),
        state=state_of(node),
        draft=node.need_flag("draft"),
        merged=node.need_flag("merged"),
        head_sha=node.need_node("head").need_name("sha"),
        requested_reviewer_ids=user_ids(node, "requested_reviewers"),
    )


def _is_draft(node: Node) -> bool:
    changed = node.need_node("data").need_node("markPullRequestReadyForReview")
    return changed.need_node("pullRequest").need_flag("isDraft")
