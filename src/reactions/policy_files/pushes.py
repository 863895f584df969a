"""Whether a push may have changed a file; where its list of files is cut, it may."""

from events.delivery import delivered
from events.envelope import Event
from events.errors import OrchestratorError
from events.github.node import Node

_MOST_COMMITS = 2048  # beyond which GitHub leaves commits out of a push
_MOST_FILES = 300  # of one commit, far below any bound on its lists
_LISTS = ("added", "modified", "removed")


def may_touch(event: Event, path: str) -> bool:
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
