"""What no delivery says: who may write, what closes and blocks issues, when Copilot ended."""

from collections.abc import AsyncIterator, Mapping

from events.github.node import Node
from events.json_types import JsonObject
from events.scalars import moment
from gateway.calls import Caller, repository_path
from gateway.credentials import as_app_in
from reactions.ports.answers import Ended, Repository
from reactions.ports.failures import Forbidden, NotFound

_CLOSING = """\
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      closingIssuesReferences(first: 50) { nodes { number repository { nameWithOwner } } }
    }
  }
}"""
# Seen in timelines, not in GitHub's documentation; None: work began, so an earlier end is none.
_ENDS: Mapping[str, bool | None] = {
    "copilot_work_started": None,
    "copilot_work_finished": False,
    "copilot_work_finished_failure": True,
}

_REVIEWER = "copilot-pull-request-reviewer"


class Answers(Caller):
    """Questions whose answers are kept as events."""

    async def permission(self, repo: Repository, login: str) -> JsonObject:
        """Return what somebody may do in a repository; raises NotFound for an unknown login."""
        path = repository_path(repo, "collaborators", login, "permission")
        return (await self._calls.get(as_app_in(repo), path)).node.json

    async def closing_issues(self, repo: Repository, number: int) -> tuple[int, ...]:
        """Return the issues of the repository that a pull request closes by GitHub's own word."""
        owner, _, name = repo.full_name.partition("/")
        variables: JsonObject = {"owner": owner, "name": name, "number": number}
        reply = await self._calls.graphql(as_app_in(repo), _CLOSING, variables)
        return tuple(
            issue.need_integer("number")
            for issue in reply.read(_closed)
            if _is_of(issue, repo.full_name)
        )

    async def copilot_ended(self, repo: Repository, number: int) -> Ended | None:
        """Return when Copilot last ended its work on a pull request by its timeline; None: never.

        Work that began anew since has not ended.
        """
        ended: Ended | None = None
        async for event in self._listed(repo, ("issues", number, "timeline"), {}):
            kind, at = str(event.get("event")), moment(event.get("created_at"))
            if kind in _ENDS and at is not None and not _is_reviewers(event):
                failed = _ENDS[kind]
                ended = None if failed is None else Ended(at, failed)
        return ended

    async def blockers(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        """Yield the issues that block one, open or not, each with its ``repository``.

        GitHub names that by its address; its id is asked for, once each, where it is another one.
        """
        async for issue in self._at_home(repo, ("issues", number, "dependencies", "blocked_by")):
            yield issue

    async def sub_issues(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        """Yield the parts of an issue that we may see in their order, each as ``blockers`` are."""
        async for issue in self._at_home(repo, ("issues", number, "sub_issues")):
            yield issue

    async def _at_home(
        self, repo: Repository, path: tuple[str | int, ...]
    ) -> AsyncIterator[JsonObject]:
        """Yield listed issues, each with its ``repository``."""
        known: dict[str, JsonObject] = {repo.full_name.casefold(): {"full_name": repo.full_name}}
        async for issue in self._listed(repo, path, {}):
            told = issue.get("repository")
            if isinstance(told, dict) and "id" in told:
                yield issue
                continue
            name = _home(issue)
            if name.casefold() not in known:
                known[name.casefold()] = await self._named(repo, name)
            yield {**issue, "repository": known[name.casefold()]}

    async def _named(self, repo: Repository, name: str) -> JsonObject:
        """Return another repository's name, with its id where we may read it."""
        try:
            path = repository_path(Repository(repo.installation_id, name))
            found = (await self._calls.get(as_app_in(repo), path)).node.integer("id")
        except (NotFound, Forbidden, ValueError):
            found = None
        return {"full_name": name} if found is None else {"full_name": name, "id": found}


def _home(issue: JsonObject) -> str:
    """Return the ``owner/name`` of an issue's repository, which its address ends in."""
    return "/".join(str(issue.get("repository_url")).rsplit("/", 2)[1:])


def _is_reviewers(event: JsonObject) -> bool:
    """Say whether it is of a review by Copilot, which has the same events."""
    app = event.get("performed_via_github_app")
    return isinstance(app, dict) and app.get("slug") == _REVIEWER


def _closed(node: Node) -> list[Node]:
    repository = node.need_node("data").need_node("repository")
    return repository.need_node("pullRequest").need_node("closingIssuesReferences").nodes("nodes")


def _is_of(issue: Node, full_name: str) -> bool:
    where = issue.node("repository").name("nameWithOwner") or full_name
    return where.casefold() == full_name.casefold()
