"""Who there is, and what each may do in which repository."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from simulator.payloads import Payload, a_ghost, an_organization
from simulator.plan import Role
from simulator.state.accounts import (
    ACTING_USER,
    AGENTS,
    KNOWN,
    MEMBER,
    ORGANIZATION,
    OWNER,
    PEOPLE,
    READER,
    REVIEWER,
    is_agent,
    is_copilot_reviewer,
)

Standing: TypeAlias = Literal["member", "admin"]
Association: TypeAlias = Literal[
    "OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "NONE"
]

_ROLES: tuple[Role, ...] = ("none", "read", "triage", "write", "maintain", "admin")
_PERMISSIONS: Mapping[Role, Role] = {"triage": "read", "maintain": "write"}  # GitHub's older words
_USUAL: Mapping[int, Role] = {
    OWNER["id"]: "admin",
    ACTING_USER["id"]: "write",
    REVIEWER["id"]: "write",
    READER["id"]: "read",
}
_ADMINS: Mapping[int, Standing] = {OWNER["id"]: "admin"}


@dataclass(slots=True)
class Team:
    """A team of an organisation: its members by id, and its role in repositories by id."""

    payload: Payload
    organization: str = ORGANIZATION
    members: set[int] = field(default_factory=set)
    roles: dict[int, Role] = field(default_factory=dict)


class Directory:
    """Everyone who was ever seen, who belongs to organisations and to teams, who is gone.

    What deleted accounts wrote stays, with nobody's name: a ghost's. ``organizations`` are what
    people are to each, by id; ``teams`` are found by their organisation and slug.
    """

    def __init__(self) -> None:
        self.users: dict[str, Payload] = dict(KNOWN)
        usual: dict[int, Standing] = {user["id"]: "member" for user in (*PEOPLE, MEMBER)}
        self.organizations = {ORGANIZATION: usual | dict(_ADMINS)}
        self.teams: dict[tuple[str, str], Team] = {}
        self.deleted: set[int] = {a_ghost()["id"]}

    def named(self, login: str) -> Payload | None:
        """Return the account of a login in any case, unless there is none."""
        found = self.users.get(login.lower())
        return None if found is None or found["id"] in self.deleted else found

    def members_of(self, login: str) -> dict[int, Standing]:
        """Return what people are to an organisation, which is there once it is mentioned.

        The account of a person has no members.
        """
        if self.person(login):
            return {}
        return self.organizations.setdefault(login.lower(), dict(_ADMINS))

    def person(self, login: str) -> Payload | None:
        """Return the person of a login in any case, unless there is none."""
        found = self.named(login)
        return found if found and found["type"] == "User" else None

    def account(self, login: str) -> Payload:
        """Return whose a repository or an installation is: a person or an organisation."""
        return self.person(login) or an_organization(login)

    def people(self) -> list[Payload]:
        """Return all people who still have an account."""
        found = {user["id"]: user for user in self.users.values() if user["type"] == "User"}
        return [user for user_id, user in found.items() if user_id not in self.deleted]

    def know(self, user: Payload) -> None:
        """Take note of someone."""
        self.users.setdefault(user["login"].lower(), user)

    def shown(self, user: Payload) -> Payload | None:
        """Return who wrote something as payloads tell, None for a ghost."""
        return None if user["id"] in self.deleted else user


@dataclass(slots=True)
class Access:
    """What everyone may do in one repository; ``roles`` are those given to people themselves.

    Its ``owner`` is a person or an organisation, whose admins may do everything.
    """

    directory: Directory
    repository_id: int
    owner: str = ORGANIZATION
    private: bool = True
    roles: dict[int, Role] = field(default_factory=lambda: dict(_USUAL))
    contributors: set[int] = field(default_factory=lambda: {*AGENTS})

    def give(self, roles: Mapping[str, Role]) -> None:
        """Let these people, by login, have roles of their own and nobody else any."""
        found = {login: self.directory.named(login) for login in roles}
        self.roles = {user["id"]: roles[login] for login, user in found.items() if user}

    def role(self, user: Payload) -> Role:
        """Return the highest role that someone was given, by themselves or through a team."""
        user_id = user["id"]
        if user_id in self.directory.deleted:
            return "none"
        if self.is_owned_by(user) or self._standing(user) == "admin":
            return "admin"
        given = [self.roles.get(user_id, "none")]
        given += [
            each.roles.get(self.repository_id, "none")
            for each in self.directory.teams.values()
            if each.organization == self.owner.lower() and user_id in each.members
        ]
        return max(given, key=_ROLES.index)

    def permission(self, user: Payload) -> Role:
        """Return the same in the words admin, write, read and none; anyone reads what is public."""
        role = self.role(user)
        if role == "none" and not self.private:
            return "read"
        return _PERMISSIONS.get(role, role)

    def is_owned_by(self, user: Payload) -> bool:
        """Whether it is a person's own."""
        owner = self.directory.person(self.owner)
        return owner is not None and bool(owner["id"] == user["id"])

    def may_write(self, user: Payload) -> bool:
        """Whether someone has write access."""
        return self.permission(user) in ("admin", "write")

    def association(self, user: Payload) -> Association:
        """Return what payloads say that someone is to the repository, which tells no rights."""
        user_id = user["id"]
        if user_id in self.directory.deleted or is_copilot_reviewer(user):
            return "NONE"
        if self.is_owned_by(user):
            return "OWNER"
        if self._standing(user):
            return "MEMBER"
        if user_id in self.roles:
            return "COLLABORATOR"
        known = user_id in self.contributors or is_agent(user)
        return "CONTRIBUTOR" if known else "NONE"

    def _standing(self, user: Payload) -> Standing | None:
        return self.directory.members_of(self.owner).get(user["id"])
