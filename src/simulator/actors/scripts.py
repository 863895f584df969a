"""What is certain to happen to which issue, and what the checks of which commit come to."""

from simulator.plan import Script
from simulator.state.issues import Issue

_OPEN = Script()


class Scripts:
    """The scripts of issues; an issue without one leaves all to be drawn."""

    def __init__(self) -> None:
        self._scripts: dict[tuple[int, int], Script] = {}
        self._checks: dict[tuple[int, str], str] = {}

    def give(self, issue: Issue, script: Script) -> None:
        """Let a script hold for an issue."""
        self._scripts[issue.repository.id, issue.number] = script

    def of(self, issue: Issue | None) -> Script:
        """Return an issue's script; of what belongs to none, one that leaves all to be drawn."""
        if issue is None:
            return _OPEN
        return self._scripts.get((issue.repository.id, issue.number), _OPEN)

    def foresee(self, repository_id: int, sha: str, conclusion: str) -> None:
        """Let the checks of a commit come to a conclusion."""
        self._checks[repository_id, sha] = conclusion

    def foreseen(self, repository_id: int, sha: str) -> str | None:
        """Return what the checks of a commit are certain to come to, whoever pushed it."""
        return self._checks.get((repository_id, sha))
