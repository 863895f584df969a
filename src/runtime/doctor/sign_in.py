"""Judging whether people can sign in with GitHub, from where, and whose tokens can be kept."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from people.administrators import Named
from runtime.doctor.finding import (
    Finding,
    Reading,
    Unasked,
    Unread,
    Way,
    not_read,
    ok,
    problem,
    warning,
)
from runtime.settings import Settings

SIGN_IN = "sign-in"
ADMINISTRATORS = "administrators"


def judge_sign_in(settings: Settings) -> Finding:
    """Say what keeps people out, or that they can come in."""
    client = {
        "ORCHESTRATOR_GITHUB_CLIENT_ID": settings.github_client_id,
        "ORCHESTRATOR_GITHUB_CLIENT_SECRET": settings.github_client_secret.get_secret_value(),
    }
    missing = [name for name, value in client.items() if not value.strip()]
    if len(missing) == len(client):
        found = "nobody can sign in with GitHub; whoever has the admin token may do everything"
        return warning(SIGN_IN, found, f"set {' and '.join(missing)}: docs/github-app.md says how")
    if missing:
        return problem(SIGN_IN, f"{missing[0]} is not set", "copy it from the App's settings page")
    if not settings.secret_keys:
        found = "ORCHESTRATOR_SECRET_KEY is not set: nobody's tokens can be kept"
        return problem(SIGN_IN, found, "run: copilot-orchestrator init --add-missing, and restart")
    return _of_address(settings.public_url, Named.read(settings.administrators))


def judge_administrators(by_setup: Reading[int], settings: Settings) -> Finding:
    """Say whether somebody administers by name; ``by_setup`` are those whom set-up named."""
    named = Named.read(settings.administrators)
    by_setting = len(named.ids) + len(named.logins)
    if isinstance(by_setup, Unread | Unasked):
        why = Unasked("the database could not be read", "see the database")
        return not_read(ADMINISTRATORS, why, "")
    if by_setting or by_setup:
        return ok(ADMINISTRATORS, f"{by_setting} named by the setting, {by_setup} by set-up")
    found = "nobody does by name: only whoever has the admin token may change everything"
    advice = "sign in from set-up, which names whoever comes first"
    return warning(ADMINISTRATORS, found, advice, way=Way(path="/setup/step"))


def _of_address(url: str, named: Named) -> Finding:
    if not url:
        found = "people can sign in with a browser on this machine only"
        advice = "set ORCHESTRATOR_PUBLIC_URL to the https address that browsers use"
        return warning(SIGN_IN, found, advice)
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        found = "ORCHESTRATOR_PUBLIC_URL is plain http, over which nobody may sign in"
        return problem(SIGN_IN, found, "serve it over https: docs/deployment.md")
    administrators = len(named.ids) + len(named.logins)
    return ok(
        SIGN_IN, f"people sign in at {url}; the setting names {administrators} who administer"
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
