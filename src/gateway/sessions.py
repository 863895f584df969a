"""Copilot's sessions, which GitHub tells people of and no App: a preview."""

from events.github.node import Node
from gateway.calls import Caller
from gateway.reply import Request
from reactions.ports.answers import Repository, Task

PREVIEW_VERSION = "2026-03-10"  # an older one, which all else is asked by, knows no tasks
_A_PAGE = 100  # those that moved last come first, and of older ones nobody waits


class Sessions(Caller):
    """What is asked as a person, since no App is told."""

    async def tasks(self, repo: Repository) -> tuple[Task, ...]:
        """Return the tasks of agents in a repository that moved last, as the acting user sees them.

        Raises NotFound, Forbidden or Refused where GitHub tells nothing of them.
        """
        path = f"/agents/repos/{repo.full_name}/tasks"
        params: dict[str, str | int] = {
            "per_page": _A_PAGE,
            "sort": "updated_at",
            "direction": "desc",
        }
        version = {"X-GitHub-Api-Version": PREVIEW_VERSION}
        request = Request("GET", path, params, headers=version)
        reply = await self._calls.send(self._calls.user, request)
        found = (_task(node) for node in reply.node.nodes("tasks"))
        return tuple(task for task in found if task is not None)


def _task(node: Node) -> Task | None:
    """Return a task; None: it lacks what tells it from others."""
    name, updated_at = node.name("id"), node.moment("updated_at")
    if name is None or updated_at is None:
        return None
    pulls = (_pull_id(artifact) for artifact in node.nodes("artifacts"))
    return Task(
        id=name,
        state=node.name("state") or "",
        html_url=node.name("html_url", 2000) or "",
        created_at=node.moment("created_at") or updated_at,
        updated_at=updated_at,
        pull_ids=tuple(pull for pull in pulls if pull is not None),
    )


def _pull_id(artifact: Node) -> int | None:
    """Return the id of the pull request that an artifact is; None: it is a branch, or else."""
    data = artifact.node("data")
    if "pull" not in (artifact.name("type"), data.name("type")):
        return None
    return data.integer("id") or artifact.integer("id")
