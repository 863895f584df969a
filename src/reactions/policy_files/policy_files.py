"""Policy files: read on the default branch, recorded where they are news, reported on where wrong.

A file is read when its repository is connected and when a push may have touched it. What is
recorded is the file as it is when it is read, whichever push led to it: several pushes in a row may
be one change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from aggregates.policy.file import PATH
from events.delivery import delivered
from events.envelope import Event
from events.errors import OrchestratorError
from events.github.node import Node
from reactions.checkpoints import Checkpoint
from reactions.policy_files.found_file import change_event, read_file
from reactions.policy_files.reporting import report
from reactions.ports.github import Policing
from reactions.visits import (
    Due,
    Following,
    Notice,
    Place,
    Rounds,
    Services,
    Visited,
    connections,
)

PURPOSE = "policy_files"

_MOST_COMMITS = 2048  # beyond which GitHub leaves commits out of a push
_MOST_FILES = 300  # of one commit, far below any bound on its lists
_LISTS = ("added", "modified", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFiles:
    """Sees to it that the log has each repository's policy file as it is."""

    github: Policing
    services: Services
    path: str = PATH
    checkpoint: Checkpoint = field(default_factory=lambda: Checkpoint(PURPOSE))

    async def step(self) -> Visited:
        """Follow the log, then read a few files that may be news; call it again while there are.

        Raises what the log and the database raise, and what the guard does.
        """
        following = Following(
            checkpoint=self.checkpoint,
            services=self.services,
            notices=self._notices,
            payload_of=("push",),
        )
        await following.catch_up()
        return await Rounds(purpose=PURPOSE, services=self.services).visit(self._look)

    def _notices(self, event: Event) -> Iterator[Notice]:
        again = event.type == "repository" or (
            event.type == "push" and _may_touch(event, self.path)
        )
        for notice in connections(event):
            if again and isinstance(notice, Due):
                yield Due(notice.repository_id, notice.installation_id, again=True)
            else:
                yield notice

    async def _look(self, place: Place) -> datetime | None:
        """Read one file; it is due again when something happens to it."""
        found = await read_file(self.github, place.repo, self.path)
        event = change_event(place, found)
        if event is not None:
            await self.services.log.append(event)
        await report(self.github, self.services.store, place, found.content)
        return None


def _may_touch(event: Event, path: str) -> bool:
    """Say whether a push to the default branch may have changed a file. Total: in doubt it may."""
    try:
        push = Node(delivered(event), "$")
    except OrchestratorError:
        return True
    branch = push.node("repository").name("default_branch")
    if branch is not None and push.name("ref") != f"refs/heads/{branch}":
        return False
    return _is_cut(push) or any(_names(commit, path) for commit in _commits(push))


def _is_cut(push: Node) -> bool:
    """Say whether the commits that are listed may be others than those that made the difference.

    A forced push also takes commits away, and a new branch comes without its history.
    """
    commits = push.json.get("commits")
    if not isinstance(commits, list) or not 0 < len(commits) < _MOST_COMMITS:
        return True
    return bool(push.flag("forced") or push.flag("created"))


def _commits(push: Node) -> list[Node]:
    return push.nodes("commits", _MOST_COMMITS)


def _names(commit: Node, path: str) -> bool:
    for name in _LISTS:
        files = commit.json.get(name)
        if not isinstance(files, list) or len(files) >= _MOST_FILES or path in files:
            return True
    return False
