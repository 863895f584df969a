"""The last look before anything is told: what a server said may hold what it was sent."""

from collections.abc import Iterable
from dataclasses import replace

from runtime.doctor.finding import Finding
from runtime.settings import Settings

_HIDDEN = "[hidden]"
_SHORTEST = 12  # characters; what is shorter may be a word of our own sentences


def without_secrets(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    """Return the findings with every secret of the settings hidden in them."""
    secrets = _secrets(settings)
    return [_without(finding, secrets) for finding in findings]


def _without(finding: Finding, secrets: list[str]) -> Finding:
    found, advice = finding.found, finding.advice
    for secret in secrets:
        found, advice = found.replace(secret, _HIDDEN), advice.replace(secret, _HIDDEN)
    return replace(finding, found=found, advice=advice)


def _secrets(settings: Settings) -> list[str]:
    """Return them with the longest first, as one may be the beginning of another."""
    values = (settings.webhook_secret, settings.admin_token, settings.acting_user_token)
    parts = [part.strip() for value in values for part in value.get_secret_value().split(",")]
    return sorted((part for part in parts if len(part) >= _SHORTEST), key=len, reverse=True)
