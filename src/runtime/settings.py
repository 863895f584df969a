"""Settings from the environment or a .env file; docs/settings.md lists them."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

_ADDRESS = r"^https?://[^/\s]+\S*$"
_LONGEST = 2000  # characters of an address; longer ones no client takes


class Settings(BaseSettings):
    """What a deployment decides. Values that are secret never show in a repr or a log line."""

    model_config = SettingsConfigDict(
        env_prefix="ORCHESTRATOR_", env_file=".env", extra="ignore", frozen=True
    )

    database_url: str = Field("sqlite+aiosqlite:///./data/orchestrator.db", repr=False)
    webhook_secret: SecretStr = SecretStr("")
    admin_token: SecretStr = SecretStr("")
    github_api_url: str = Field("https://api.github.com", pattern=_ADDRESS, max_length=_LONGEST)
    github_web_url: str = Field("https://github.com", pattern=_ADDRESS, max_length=_LONGEST)
    github_app_id: str = ""
    github_private_key: SecretStr = SecretStr("")
    acting_user_token: SecretStr = SecretStr("")
    github_pause_seconds: float = Field(1.0, ge=0, le=60)
    recovery_seconds: float = Field(300.0, ge=1, le=86_400)
    policy_file: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    metrics_open: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"

    @cached_property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        """The secrets that verify a delivery; any of them will do, so that they can be rotated."""
        parts = self.webhook_secret.get_secret_value().split(",")
        return tuple(part.strip().encode() for part in parts if part.strip())

    @field_validator("*", mode="before")
    @classmethod
    def _is_text(cls, given: object) -> object:
        """Refuse bytes of the environment that are no UTF-8, which Python reads as surrogates."""
        if isinstance(given, str) and any("\ud800" <= letter <= "\udfff" for letter in given):
            raise PydanticCustomError("not_utf8", "it must be UTF-8 text")
        return given
