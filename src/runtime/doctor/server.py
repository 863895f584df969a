"""Judging GitHub's address, whether it answers in a version we speak, and whether clocks agree."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from reactions.ports.answers import ServerSetup
from runtime.doctor.finding import Finding, Reading, Unasked, Unread, not_read, ok, problem, warning

GITHUB = "GitHub"
CLOCK = "clock"
ADDRESS_SETTING = "ORCHESTRATOR_GITHUB_API_URL"

_A_SECOND = timedelta(seconds=1)  # the grain of the header that tells GitHub's time
_NOTED = timedelta(seconds=20)
_TOO_FAR_AHEAD = timedelta(seconds=60)  # by so much our tokens are dated back
_TOO_FAR_BEHIND = timedelta(minutes=5)  # by then tokens seem to last that are over
_SYNCHRONISE = "synchronise this machine's clock, such as with NTP: GitHub refuses tokens by it"
_ZERO = timedelta(0)
_API = "https://api.github.com"


def judge_server(server: Reading[ServerSetup], host: str) -> Finding:
    """Say whether GitHub answers and still speaks the version of its API that we ask for."""
    if isinstance(server, Unread | Unasked):
        return not_read(GITHUB, server, f"see that this machine may reach {host}")
    wanted, offered = server.api_version, server.api_versions
    if offered is None:
        return ok(GITHUB, f"{host} answers; it does not tell strangers its API versions")
    if wanted not in offered:
        found = f"{host} no longer offers version {wanted} of its API"
        return problem(GITHUB, found, "upgrade copilot-orchestrator")
    return ok(GITHUB, f"{host} answers and offers version {wanted} of its API")


def judge_clock(server: Reading[ServerSetup]) -> Finding:
    """Say how far our clock is from GitHub's, by which it takes and refuses tokens."""
    if isinstance(server, Unread | Unasked):
        advice = server.advice or "see GitHub"
        return not_read(CLOCK, Unasked("GitHub could not be asked for the time", advice), "")
    if server.date is None:
        why = Unasked("GitHub's answer told no time", "see what stands between here and GitHub")
        return not_read(CLOCK, why, "")
    ahead = ahead_by(server.date, server.asked_at, server.answered_at)
    if ahead == _ZERO:
        return ok(CLOCK, "agrees with GitHub's")
    found = f"{_seconds(abs(ahead))} {'ahead of' if ahead > _ZERO else 'behind'} GitHub's"
    if ahead > _TOO_FAR_AHEAD or -ahead > _TOO_FAR_BEHIND:
        return problem(CLOCK, found, _SYNCHRONISE)
    return warning(CLOCK, found, _SYNCHRONISE) if abs(ahead) > _NOTED else ok(CLOCK, found)


def ahead_by(date: datetime, asked_at: datetime, answered_at: datetime) -> timedelta:
    """Return by how much our clock is ahead at least, below zero behind, zero if it may be right.

    GitHub wrote the date at some moment between our asking and its answer, cut to the second.
    """
    if asked_at > date + _A_SECOND:
        return asked_at - (date + _A_SECOND)
    return min(answered_at - date, _ZERO)


def judge_address(url: str) -> Finding | None:
    """Say what is wrong with the address, None where nothing is; quotes no more than its host."""
    host = host_of(url)
    if host is None:
        return problem(
            GITHUB, f"{ADDRESS_SETTING} is no address", f"write {_API}, or https://HOST/api/v3"
        )
    if host in {"github.com", "www.github.com"}:
        found = f"{ADDRESS_SETTING} is where people see GitHub, not its API"
        return problem(GITHUB, found, f"write {_API}")
    if urlsplit(url).username is not None:
        return warning(
            GITHUB, f"{ADDRESS_SETTING} has a user's name in it", "leave it out; it is not used"
        )
    if urlsplit(url).scheme != "https" and not _is_loopback(host):
        found = f"{ADDRESS_SETTING} is http: tokens cross the network in the clear"
        return warning(GITHUB, found, "write https://")
    return None


def host_of(url: str) -> str | None:
    """Return the host of an address, with its port if it names one; None where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.hostname is None:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host if port is None else f"{host}:{port}"


def _seconds(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds:.0f} seconds" if seconds < 600 else f"{seconds / 60:.0f} minutes"  # noqa: PLR2004 (ten minutes)


def _is_loopback(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]") if not host.endswith("]") else host.strip("[]")
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
