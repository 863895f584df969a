"""Judging whether GitHub answers, in a version that we speak, and whether our clocks agree."""

from datetime import datetime, timedelta

from reactions.ports.answers import ServerStanding
from runtime.doctor.finding import Finding, ok, problem, warning
from runtime.doctor.reading import Reading, Unasked, Unread, not_read

GITHUB = "GitHub"
CLOCK = "clock"

_A_SECOND = timedelta(seconds=1)  # the grain of the header that tells GitHub's time
_NOTED = timedelta(seconds=20)
_TOO_FAR_AHEAD = timedelta(seconds=60)  # by so much our tokens are dated back
_TOO_FAR_BEHIND = timedelta(minutes=5)  # by then tokens seem to last that are over
_SYNCHRONISE = "synchronise this machine's clock, such as with NTP: GitHub refuses tokens by it"
_ZERO = timedelta(0)


def judge_server(server: Reading[ServerStanding], host: str) -> Finding:
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


def judge_clock(server: Reading[ServerStanding]) -> Finding:
    """Say how far our clock is from GitHub's, by which it takes and refuses tokens."""
    if isinstance(server, Unread | Unasked):
        advice = server.advice or "see GitHub above"
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


def _seconds(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds:.0f} seconds" if seconds < 600 else f"{seconds / 60:.0f} minutes"  # noqa: PLR2004 (ten minutes)
