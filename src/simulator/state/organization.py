"""The organisation that owns the repositories: who belongs to it, its teams and their rights."""

from simulator.payloads import Payload, a_team
from simulator.state.access import Role, Team
from simulator.state.accounts import OWNER
from simulator.state.happenings import Happenings
from simulator.state.repository import RepositoryState

_OLDER_WORDS: dict[Role, str] = {"read": "pull", "write": "push"}


class Organization:
    """Members and teams; what changes of them is told without a repository, as GitHub does."""

    def __init__(self, happenings: Happenings) -> None:
        self.happenings = happenings
        self.directory = happenings.directory

    def join(self, user: Payload, by: Payload = OWNER) -> None:
        """Let someone become a member, which by itself gives no rights."""
        self.directory.know(user)
        self.directory.members.add(user["id"])
        self._tell("organization", "member_added", user["login"], by, user=user)

    def leave(self, user: Payload, by: Payload = OWNER) -> None:
        """Let someone be a member no longer, nor of any team."""
        self.directory.members.discard(user["id"])
        for team in self.directory.teams.values():
            team.members.discard(user["id"])
        self._tell("organization", "member_removed", user["login"], by, user=user)

    def join_team(self, user: Payload, slug: str, by: Payload = OWNER) -> None:
        """Let someone have the rights of a team, which is made when it is first mentioned."""
        team = self._team(slug)
        self.directory.know(user)
        team.members.add(user["id"])
        self._tell("membership", "added", slug, by, member=user, team=team.payload)

    def leave_team(self, user: Payload, slug: str, by: Payload = OWNER) -> None:
        """Let someone have a team's rights no longer."""
        team = self._team(slug)
        team.members.discard(user["id"])
        self._tell("membership", "removed", slug, by, member=user, team=team.payload)

    def grant_team(
        self, slug: str, repository: RepositoryState, role: Role, by: Payload = OWNER
    ) -> None:
        """Let a team do more or less in a repository; the role ``none`` takes it all away."""
        team, known = self._team(slug), self._team(slug).roles.pop(repository.id, None)
        if role != "none":
            team.roles[repository.id] = role
        payload = team.payload | {"permission": _OLDER_WORDS.get(role, role)}
        action = "edited" if known else "added_to_repository"
        self._tell(
            "team",
            "removed_from_repository" if role == "none" else action,
            slug,
            by,
            team=payload,
            repository=repository.snapshot(),
        )

    def _team(self, slug: str) -> Team:
        return self.directory.teams.setdefault(slug, Team(a_team(slug)))

    def _tell(self, event: str, action: str, about: str, by: Payload, **body: object) -> None:
        self.happenings.clock.stamp()
        self.happenings.tell(event, action, about=about, sender=by, **body)
