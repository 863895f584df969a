"""As whom GitHub is asked: it decides the token, the permissions and the budget."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from reactions.ports.answers import Repository


@dataclass(frozen=True, slots=True)
class AsApp:
    """As the App itself, for what concerns no repository."""

    holder: Literal["app"] = "app"
    installation_id: None = None


@dataclass(frozen=True, slots=True)
class AsInstallation:
    """As the App in one installation."""

    installation_id: int
    holder: Literal["installation"] = "installation"


@dataclass(frozen=True, slots=True)
class AsUser:
    """As the acting user, for what GitHub lets only people do."""

    holder: Literal["user"] = "user"
    installation_id: None = None


Who: TypeAlias = AsApp | AsInstallation | AsUser


def as_app_in(repo: Repository) -> AsInstallation:
    """Return the App as it is installed on a repository."""
    return AsInstallation(repo.installation_id)
