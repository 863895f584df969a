"""What the App, by its client id and secret, takes back of what people let it do."""

from simulator.http.answer import Answer
from simulator.http.call import Call
from simulator.payloads import Payload
from simulator.state.refusals import NotFound, Refused


def delete_token(call: Call) -> Answer:
    """Let one token hold no longer, nor what would refresh it."""
    _user(call)
    call.site.authorizations.revoke(call.text("access_token"))
    return Answer(status=204)


def delete_grant(call: Call) -> Answer:
    """Let all tokens of whom one belongs to hold no longer, as if they had revoked the App."""
    call.site.revoke_user(_user(call))
    return Answer(status=204)


def _user(call: Call) -> Payload:
    """Return whose token the body names, or refuse."""
    if call.path["client_id"] != call.app.client_id:
        raise NotFound
    user = call.site.credentials.user_of(call.text("access_token"))
    if user is None:
        raise Refused("No token was found.")
    return user
