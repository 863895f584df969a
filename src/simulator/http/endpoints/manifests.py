"""What an App that was made of a manifest fetches: its ids, its key and its secrets."""

from simulator.http.answer import Answer
from simulator.http.call import Call
from simulator.http.endpoints.app import the_app
from simulator.state.refusals import NotFound


def convert(call: Call) -> Answer:
    """Answer once, within the hour, with all that the App needs to be run."""
    secret = call.site.registry.convert(call.path["code"])
    if secret is None:
        raise NotFound
    app = call.app
    secrets = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "webhook_secret": secret,
        "pem": app.key.private_pem,
    }
    return Answer(the_app(call) | secrets, 201)
