"""What a delivery says of our App's installations and of the people who authorised it."""

from dataclasses import dataclass
from datetime import datetime

from events.facts.borrowed import Borrowed


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationSeen:
    """An installation of our App as it was at ``updated_at``."""

    installation_id: int
    updated_at: datetime
    deleted: bool
    account_id: int | None = None
    account_login: str | None = None
    account_type: str | None = None
    app_id: int | None = None
    repository_selection: str | None = None
    suspended: bool | None = None
    borrowed: Borrowed = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRevoked:
    """A person withdrew the authorisation to act for them; GitHub gives no time for it."""

    user_id: int
    login: str | None = None
