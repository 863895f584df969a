"""An organisation that owns repositories: who belongs to it, its teams and their rights."""

from collections.abc import Callable

from simulator.payloads import Payload, a_team, an_organization
from simulator.payloads.envelope import of_organization
from simulator.payloads.installations import an_installation_stub
from simulator.plan import Role
from simulator.state.access import Standing, Team
from simulator.state.accounts import OWNER
from simulator.state.happenings import Happenings
from simulator.state.repository import RepositoryState

_OLDER_WORDS: dict[Role, str] = {"read": "pull", "write": "push"}


class Organization:
    """Members and teams; what changes of them is told without a repository, as GitHub does.

    ``installation`` says by which id the App is installed there, if it is.
    """

    def __init__(
        self, happenings: Happenings, login: str, installation: Callable[[], int | None]
    ) -> None:
        self.happenings = happenings
        self.directory = happenings.directory
        self.login = login
        self._installation = installation

    @property
    def members(self) -> dict[int, Standing]:
        """What people are to it, by id."""
        return self.directory.members_of(self.login)

    def join(self, user: Payload, by: Payload = OWNER, standing: Standing = "member") -> None:
        """Let someone become a member, which gives rights by itself only to its admins."""
        self.directory.know(user)
        self.members[user["id"]] = standing
        self._tell("organization", "member_added", user["login"], by, user=user)

    def leave(self, user: Payload, by: Payload = OWNER) -> None:
        """Let someone be a member no longer, nor of any of its teams."""
        self.members.pop(user["id"], None)
        for team in self.directory.teams.values():
            if team.organization == self.login.lower():
                team.members.discard(user["id"])
        self._tell("organization", "member_removed", user["login"], by, user=user)

    def appoint(self, user: Payload, standing: Standing) -> None:
        """Let a member be an admin or one no longer, of which no delivery tells."""
        self.directory.know(user)
        self.members[user["id"]] = standing

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
        organization = self.login.lower()
        made = Team(a_team(slug), organization)
        return self.directory.teams.setdefault((organization, slug), made)

    def _tell(self, event: str, action: str, about: str, by: Payload, **body: object) -> None:
        known = self._installation()
        self.happenings.clock.stamp()
        self.happenings.tell(
            event,
            action,
            about=about,
            organization=of_organization(an_organization(self.login)),
            installation=None if known is None else an_installation_stub(known),
            sender=by,
            **body,
        )
