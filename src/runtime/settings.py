"""Settings from the environment or a .env file; docs/settings.md lists them."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from events.signature import WebhookSecret
from runtime.callers import TrustedProxies, parse_networks
from runtime.database.url import DatabaseUrlError, parse_replica_url
from runtime.webhook_secrets import BindingsUnfit, read_bindings, read_secrets

_ADDRESS = r"^https?://[^/\s]+\S*$"
_ADDRESS_OR_NONE = r"^(https?://[^/\s]+\S*)?$"
_ORIGIN = r"^(https?://[^/\s?#@]+/?)?$"  # where browsers reach us; cookies are for all of it
_LONGEST_LIST = 20_000
_LONGEST_BINDINGS = 20_000
_LONGEST = 2000  # characters of an address; longer ones no client takes


class Settings(BaseSettings):
    """What a deployment decides. Values that are secret never show in a repr or a log line."""

    model_config = SettingsConfigDict(
        env_prefix="ORCHESTRATOR_", env_file=".env", extra="ignore", frozen=True
    )

    database_url: str = Field("sqlite+aiosqlite:///./data/orchestrator.db", repr=False)
    read_database_url: str = Field("", repr=False)
    webhook_secret: SecretStr = SecretStr("")
    webhook_secret_bindings: str = Field("", max_length=_LONGEST_BINDINGS, repr=False)
    admin_token: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")
    github_api_url: str = Field("https://api.github.com", pattern=_ADDRESS, max_length=_LONGEST)
    github_web_url: str = Field("https://github.com", pattern=_ADDRESS, max_length=_LONGEST)
    github_app_id: str = ""
    github_private_key: SecretStr = SecretStr("")
    github_client_id: str = ""
    github_client_secret: SecretStr = SecretStr("")
    public_url: str = Field("", pattern=_ORIGIN, max_length=_LONGEST)
    relay_url: str = Field("", pattern=_ADDRESS_OR_NONE, max_length=_LONGEST)
    administrators: str = Field("", max_length=_LONGEST_LIST)
    acting_user_token: SecretStr = SecretStr("")
    github_pause_seconds: float = Field(1.0, ge=0, le=60)
    recovery_seconds: float = Field(300.0, ge=1, le=86_400)
    session_seconds: float = Field(120.0, ge=0.1, le=86_400)
    policy_file: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    agents_file: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    metrics_open: bool = False
    trusted_proxies: str = ""
    max_connections: int = Field(1024, ge=8, le=100_000)
    connections_per_address: int = Field(256, ge=1, le=100_000)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"

    @cached_property
    def webhook_secrets(self) -> tuple[WebhookSecret, ...]:
        """The secrets that verify a delivery; any of them will do, so that they can be rotated."""
        bindings = read_bindings(self.webhook_secret_bindings)
        return read_secrets(self.webhook_secret.get_secret_value(), bindings)

    @cached_property
    def admin_tokens(self) -> tuple[str, ...]:
        """The tokens with full access; any of them will do, so that they can be rotated."""
        parts = self.admin_token.get_secret_value().split(",")
        return tuple(part.strip() for part in parts if part.strip())

    @cached_property
    def secret_keys(self) -> tuple[bytes, ...]:
        """The keys of the service itself: the first signs, any of them verifies."""
        parts = self.secret_key.get_secret_value().split(",")
        return tuple(part.strip().encode() for part in parts if part.strip())

    @field_validator("read_database_url")
    @classmethod
    def _can_be_a_replica(cls, given: str, known: ValidationInfo) -> str:
        try:
            if given and "database_url" in known.data:
                parse_replica_url(given, known.data["database_url"])
        except DatabaseUrlError as error:
            raise PydanticCustomError("replica_unfit", "{why}", {"why": str(error)}) from None
        return given

    @field_validator("webhook_secret_bindings")
    @classmethod
    def _fits_the_secrets(cls, given: str, known: ValidationInfo) -> str:
        """Refuse what cannot be read, or does not go with the secrets."""
        secrets = known.data.get("webhook_secret", SecretStr("")).get_secret_value()
        try:
            read_secrets(secrets, read_bindings(given))
        except BindingsUnfit as error:
            raise PydanticCustomError("bindings_unfit", "{why}", {"why": str(error)}) from error
        return given

    @cached_property
    def proxies(self) -> TrustedProxies:
        """Who connects in the name of others."""
        return TrustedProxies(parse_networks(self.trusted_proxies))

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, given: str) -> str:
        try:
            parse_networks(given)
        except ValueError as error:
            raise PydanticCustomError(
                "networks",
                "{why}; write addresses and networks separated by commas, as in 10.0.0.0/8, ::1",
                {"why": str(error)},
            ) from error
        return given

    @field_validator("github_api_url", "github_web_url", "public_url", "relay_url")
    @classmethod
    def _can_be_called(cls, given: str) -> str:
        """Refuse a host or port that no client takes, which no pattern tells."""
        try:
            _ = urlsplit(given).port
        except ValueError:
            raise PydanticCustomError("no_address", "it is no address") from None
        return given

    @field_validator("*", mode="before")
    @classmethod
    def _is_text(cls, given: object) -> object:
        """Refuse bytes that are no UTF-8, which Python reads as surrogates, and NUL in a file."""
        if isinstance(given, str) and any("\ud800" <= letter <= "\udfff" for letter in given):
            raise PydanticCustomError("not_utf8", "it must be UTF-8 text")
        if isinstance(given, str) and "\0" in given:
            raise PydanticCustomError("not_text", "it has a NUL in it, as no text has")
        return given
