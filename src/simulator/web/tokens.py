"""Where the App exchanges codes and refresh tokens for pairs of tokens."""

from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from simulator.http.authorizations import Pair
from simulator.payloads import Payload
from simulator.web.visit import Visit

PATH = "/login/oauth/access_token"

_DOCUMENTATION = (
    "https://docs.github.com/apps/managing-oauth-apps/"
    "troubleshooting-oauth-app-access-token-request-errors/#"
)
_SENTENCES = {
    "incorrect_client_credentials": "The client_id and/or client_secret passed are incorrect.",
    "redirect_uri_mismatch": "The redirect_uri MUST match the registered callback URL for this "
    "application.",
    "bad_verification_code": "The code passed is incorrect or expired.",
    "bad_refresh_token": "The refresh token passed is incorrect or expired.",
    "unsupported_grant_type": "The grant type is not supported.",
}


def exchange(visit: Visit) -> Response:
    """Answer with a pair or an error, each with the status 200: form-encoded unless asked for JSON.

    What was exchanged is worthless afterwards, whether the answer arrives or not.
    """
    told = _exchanged(visit)
    body = _error(told) if isinstance(told, str) else _shown(told)
    if "application/json" in visit.accept:
        return JSONResponse(body)
    return Response(urlencode(body), media_type="application/x-www-form-urlencoded; charset=utf-8")


def _exchanged(visit: Visit) -> Pair | str:
    """Return a pair, or the name of the error."""
    asked = visit.fields
    client = (asked.get("client_id", ""), asked.get("client_secret", ""))
    if not visit.site.credentials.is_client(*client):
        return "incorrect_client_credentials"
    match asked.get("grant_type", "authorization_code"):
        case "authorization_code":
            return _by_code(visit)
        case "refresh_token":
            pair = visit.site.authorizations.refresh(asked.get("refresh_token", ""))
            return pair or "bad_refresh_token"
        case _:
            return "unsupported_grant_type"


def _by_code(visit: Visit) -> Pair | str:
    asked = visit.fields
    approval = visit.site.authorizations.redeem(asked.get("code", ""))
    if approval is None or not approval.is_proven_by(asked.get("code_verifier", "")):
        return "bad_verification_code"
    if asked.get("redirect_uri", approval.redirect_uri) != approval.redirect_uri:
        return "redirect_uri_mismatch"
    return visit.site.authorizations.grant(approval.user)


def _shown(pair: Pair) -> Payload:
    return {
        "access_token": pair.access,
        "expires_in": int(pair.access_seconds),
        "refresh_token": pair.refresh,
        "refresh_token_expires_in": int(pair.refresh_seconds),
        "scope": "",
        "token_type": "bearer",
    }


def _error(name: str) -> Payload:
    anchor = name.replace("_", "-")
    return {
        "error": name,
        "error_description": _SENTENCES[name],
        "error_uri": f"{_DOCUMENTATION}{anchor}",
    }
