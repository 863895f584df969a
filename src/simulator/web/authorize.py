"""Where people let the App act as them: who to be is chosen, and asked every time."""

from urllib.parse import SplitResult, urlsplit

from starlette.responses import Response

from simulator.http.authorizations import Approval
from simulator.web.pages import (
    button,
    choice,
    form,
    hidden,
    not_found,
    page,
    paragraph,
    problem,
    redirect,
)
from simulator.web.visit import Visit

PATH = "/login/oauth/authorize"

_KEPT = ("client_id", "redirect_uri", "state", "code_challenge")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_DENIED = {
    "error": "access_denied",
    "error_description": "The user has denied your application access.",
    "error_uri": "https://docs.github.com/apps/managing-oauth-apps/"
    "troubleshooting-authorization-request-errors/#access-denied",
}


def ask(visit: Visit) -> Response:
    """Ask who somebody wants to be, with whom ``login`` names chosen already."""
    refused = _refused(visit)
    if refused:
        return refused
    app, wanted = visit.site.app, visit.person(visit.fields.get("login", "")) or visit.people[0]
    people = [
        choice("radio", "user", each["login"], on=each["id"] == wanted["id"])
        for each in visit.people
    ]
    return page(
        f"Authorize {app.name}",
        paragraph(f"{app.name} wants to act as you. Choose who to be."),
        form(
            PATH,
            hidden({name: visit.fields.get(name) for name in _KEPT}),
            *people,
            button(f"Authorize {app.name}", "decision", "authorize"),
            button("Cancel", "decision", "cancel"),
        ),
    )


def decide(visit: Visit) -> Response:
    """Lead back to the App, with a code for whom somebody chose to be, or with their refusal."""
    refused = _refused(visit)
    if refused:
        return refused
    asked, state = visit.fields, visit.fields.get("state")
    redirect_uri = _redirect_uri(visit)
    if asked.get("decision") != "authorize":
        return redirect(redirect_uri, {**_DENIED, "state": state})
    user = visit.person(asked.get("user", ""))
    if user is None:
        return problem("Sign in", "There is no such person.", 422)
    approval = Approval(
        user=user, redirect_uri=redirect_uri, challenge=asked.get("code_challenge") or None
    )
    return redirect(
        redirect_uri, {"code": visit.site.authorizations.approve(approval), "state": state}
    )


def is_callback(address: str, callbacks: tuple[str, ...]) -> bool:
    """Whether an address is one of the App's callback URLs; on loopback the port does not matter.

    Source: GitHub's pages on user access tokens (an exact match) and on loopback URLs of OAuth
    apps (RFC 8252, section 7.3).
    """
    return address in callbacks or any(_differ_in_port(address, each) for each in callbacks)


def _refused(visit: Visit) -> Response | None:
    app, asked = visit.site.app, visit.fields
    if asked.get("client_id") != app.client_id:
        return not_found()
    if not is_callback(_redirect_uri(visit), app.callback_urls):
        return problem(
            "Be careful!",
            "redirect_uri_mismatch: The redirect_uri is not associated with this application.",
            400,
        )
    if asked.get("code_challenge") and asked.get("code_challenge_method", "S256") != "S256":
        return problem(
            "Invalid request", "invalid_request: code_challenge_method must be S256.", 400
        )
    return None


def _redirect_uri(visit: Visit) -> str:
    callbacks = visit.site.app.callback_urls
    return visit.fields.get("redirect_uri") or (callbacks[0] if callbacks else "")


def _differ_in_port(address: str, callback: str) -> bool:
    try:
        one, other = _without_port(urlsplit(address)), _without_port(urlsplit(callback))
    except ValueError:
        return False
    return one == other and one.hostname in _LOOPBACK


def _without_port(parts: SplitResult) -> SplitResult:
    if parts.port is None:
        return parts
    return parts._replace(netloc=parts.netloc.removesuffix(f":{parts.port}"))
