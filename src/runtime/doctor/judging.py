"""Judging what was read: pure, so that every finding can be tried."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from reactions.ports.answers import ActingUser, AppStanding
from runtime.doctor.finding import Finding, ok, problem, skipped, warning
from runtime.settings import Settings

_SHORT = 16  # characters of a secret, below which it can be guessed
_SKEW = timedelta(seconds=30)  # App tokens are refused when the clocks differ by a minute
_LEVELS = ("read", "write", "admin")
NEEDED = {
    "issues": "write",
    "pull_requests": "write",
    "checks": "write",
    "contents": "read",
    "statuses": "read",
    "actions": "read",
    "metadata": "read",
}
EVENTS = (
    "issues",
    "issue_comment",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "check_run",
    "check_suite",
    "workflow_run",
    "status",
    "push",
    "repository",
)


def judge_settings(settings: Settings) -> list[Finding]:
    """Judge the secrets of the service itself, by their presence and length only."""
    secrets = settings.webhook_secrets
    return [
        _secret("webhook secret", "ORCHESTRATOR_WEBHOOK_SECRET", min(map(len, secrets), default=0)),
        _secret(
            "admin token", "ORCHESTRATOR_ADMIN_TOKEN", len(settings.admin_token.get_secret_value())
        ),
    ]


def _secret(check: str, name: str, length: int) -> Finding:
    if length == 0:
        return problem(check, f"{name} is not set", "run `copilot-orchestrator init`, or set it")
    if length < _SHORT:
        advice = f"use a random one of {_SHORT} characters or more"
        return warning(check, f"{name} has only {length} characters", advice)
    return ok(check, "set")


def judge_app(app: AppStanding) -> list[Finding]:
    """Judge what the App may do and what it hears."""
    return [
        ok("app", f"{app.slug} ({app.id})"),
        _permissions(app.permissions),
        _events(app.events),
    ]


def _permissions(granted: Mapping[str, str]) -> Finding:
    lacking = [
        f"{name}: {level}"
        for name, level in NEEDED.items()
        if _rank(granted.get(name)) < _rank(level)
    ]
    if lacking:
        advice = "grant them in the App's settings, and accept them in each installation"
        return problem("permissions", f"missing: {', '.join(lacking)}", advice)
    if granted.get("contents") != "write":
        found = "all that is needed, but for merging automatically"
        return ok("permissions", found)
    return ok("permissions", "all that is needed")


def _rank(level: str | None) -> int:
    return _LEVELS.index(level) + 1 if level in _LEVELS else 0


def _events(heard: Sequence[str]) -> Finding:
    lacking = [name for name in EVENTS if name not in heard]
    if lacking:
        advice = "subscribe to them in the App's settings, or work is not seen"
        return problem("events", f"not subscribed: {', '.join(lacking)}", advice)
    return ok("events", "all that are read")


def judge_installations(accounts: Sequence[str], suspended: Iterable[str]) -> Finding:
    """Judge where the App is installed."""
    asleep = sorted(suspended)
    if not accounts:
        advice = "install the App on an account, with the repositories it is to conduct"
        return problem("installations", "none", advice)
    if asleep:
        advice = "let the account's owner unsuspend it"
        return warning("installations", f"suspended: {', '.join(asleep)}", advice)
    return ok("installations", ", ".join(sorted(accounts)[:10]))


def judge_user(user: ActingUser | None) -> Finding:
    """Judge whether there is a person as whom Copilot can be told something."""
    if user is None:
        advice = "set ORCHESTRATOR_ACTING_USER_TOKEN: GitHub lets no App start Copilot"
        return warning("acting user", "none; nothing can be assigned", advice)
    return ok("acting user", f"{user.login} ({user.id})")


def judge_copilot(full_name: str, *, assignable: bool) -> Finding:
    """Judge whether issues of a repository can be assigned to Copilot."""
    check = f"copilot in {full_name}"
    if assignable:
        return ok(check, "can be assigned")
    advice = "turn on the coding agent for the repository and for the acting user's plan"
    return problem(check, "cannot be assigned", advice)


def judge_clock(difference: timedelta) -> Finding:
    """Judge by how much our clock is ahead of GitHub's."""
    seconds = difference / timedelta(seconds=1)
    found = f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} GitHub's"
    if abs(difference) > _SKEW:
        return problem("clock", found, "set the clock, or let it be set by NTP")
    return ok("clock", found)


def approval_of_actions() -> Finding:
    """Say of a setting that no API tells."""
    return skipped(
        "approval of Actions",
        "GitHub's API does not tell whether Copilot's pushes wait for a person",
        "see each repository's settings for Copilot; such waits are shown with the workflow",
    )
