"""Opening the gateway with those credentials that can be used, and saying what of the rest."""

from dataclasses import dataclass

from pydantic import SecretStr

from gateway import CredentialUnusable, GitHubGateway
from gateway.exchange import Clock
from runtime.doctor.finding import Unread, unread_of
from runtime.github import access_of, open_github
from runtime.settings import Settings

_ID = "ORCHESTRATOR_GITHUB_APP_ID"
_KEY = "ORCHESTRATOR_GITHUB_PRIVATE_KEY"
_BOTH = "set both or none; docs/github-app.md says where they come from"
_NONE = SecretStr("")


@dataclass(frozen=True, slots=True)
class Credentials:
    """The settings, and why the App's or the acting user's cannot be used.

    None where they can be used or are not set at all, which ``have_app`` and ``have_user`` tell.
    """

    settings: Settings
    app: Unread | None
    user: Unread | None

    @property
    def have_app(self) -> bool:
        """Whether the App can be asked as."""
        return self.app is None and bool(self.settings.github_app_id.strip())

    @property
    def have_user(self) -> bool:
        """Whether the acting user can be asked as."""
        token = self.settings.acting_user_token.get_secret_value()
        return self.user is None and bool(token.strip())

    def gateway(self, clock: Clock, patience: float) -> GitHubGateway:
        """Open the gateway with what can be used."""
        usable = self.settings
        if self.app is not None:
            usable = usable.model_copy(update={"github_private_key": _NONE})
        if self.user is not None:
            usable = usable.model_copy(update={"acting_user_token": _NONE})
        return open_github(usable, clock, patience=patience)


def examine_credentials(settings: Settings) -> Credentials:
    """Look at both credentials by themselves; connects to nothing."""
    app_alone = settings.model_copy(update={"acting_user_token": _NONE})
    user_alone = settings.model_copy(update={"github_private_key": _NONE})
    return Credentials(
        settings,
        app=_half(settings) or _refused(app_alone),
        user=_refused(user_alone),
    )


def _half(settings: Settings) -> Unread | None:
    have_id = bool(settings.github_app_id.strip())
    have_key = bool(settings.github_private_key.get_secret_value().strip())
    if have_id == have_key:
        return None
    there, absent = (_ID, _KEY) if have_id else (_KEY, _ID)
    return Unread(f"{there} is set and {absent} is not", _BOTH)


def _refused(settings: Settings) -> Unread | None:
    try:
        access_of(settings)
    except CredentialUnusable as error:
        return unread_of(error)
    return None
