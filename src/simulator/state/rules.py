"""What a repository asks before its default branch takes a merge: a ruleset, classic protection."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.payloads import ACTIONS_APP_ID, Payload, a_ruleset
from simulator.state.accounts import OWNER
from simulator.state.repository import RepositoryState


@dataclass(frozen=True, slots=True)
class Required:
    """A check that is asked for, of the App of an id or of anyone."""

    name: str
    app_id: int | None = None


class Ruled(RepositoryState):
    """A repository with rules.

    ``required_checks`` and ``required_approvals`` are a ruleset's, whose checks must be those of
    the App ``ruleset_app_id`` unless that is None; ``protection`` are the checks of the classic
    protection, None where there is none.
    """

    ruleset_app_id: int | None = ACTIONS_APP_ID
    protection: tuple[str, ...] | None = None

    def require_checks(
        self, names: Sequence[str], app_id: int | None = ACTIONS_APP_ID, by: Payload = OWNER
    ) -> None:
        """Let a ruleset ask for other checks, or for none."""
        had, self.required_checks, self.ruleset_app_id = self.required_checks, tuple(names), app_id
        ruleset = a_ruleset(names or had, repository=self.snapshot(), integration_id=app_id)
        action = _change(bool(had), bool(names))
        self.clock.stamp()
        self.tell("repository_ruleset", action, by=by, about="", ruleset=ruleset)

    def protect(self, names: Sequence[str] | None, by: Payload = OWNER) -> None:
        """Let classic protection ask for other checks; None takes it off."""
        had, self.protection = self.protection, None if names is None else tuple(names)
        action = _change(had is not None, names is not None)
        self.clock.stamp()
        self.tell("branch_protection_rule", action, by=by, about="", checks=names or ())

    def required(self) -> list[Required]:
        """Return all checks that the default branch asks for."""
        ruled = [Required(name, self.ruleset_app_id) for name in self.required_checks]
        return [*ruled, *(Required(name) for name in self.protection or ())]

    def change_default_branch(self, branch: str, by: Payload = OWNER) -> None:
        """Let another branch be the default one, which is what the rules are about."""
        before, self.default_branch = self.default_branch, branch
        self.branches.setdefault(branch, self.branches[before])
        self.updated_at = self.clock.stamp()
        changes = {"default_branch": {"from": before}}
        self.tell("repository", "edited", by=by, about="", changes=changes)


def _change(had: bool, has: bool) -> str:  # noqa: FBT001 (two states of the same thing)
    if not had:
        return "created"
    return "edited" if has else "deleted"
