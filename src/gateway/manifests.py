"""The App that GitHub made of a manifest, fetched once with the code that a browser brought."""

from events.github.node import Node
from gateway.calls import quoted
from gateway.client import Client
from gateway.credentials import AsApp
from gateway.exchange import Clock, Exchange
from gateway.gateway import PATIENCE, observe_nothing
from gateway.people import in_words_of_people
from gateway.reply import Request
from people.ports import AppCredentials
from reactions.ports.failures import GitHubFailure

_LONGEST = 20_000  # of a private key; of GitHub's it has some 1,700 characters
_LONGEST_URL = 2000


async def app_of(code: str, api_url: str, clock: Clock) -> AppCredentials:
    """Return the App of a code, which is worthless afterwards; the code proves who asks.

    Raises GitHubSilent or GitHubRefused. Source: GitHub's page "Registering a GitHub App from a
    manifest"; a code holds for an hour.
    """
    client = Client(api_url, PATIENCE)
    exchange = Exchange(client, clock, observe_nothing, PATIENCE)
    try:
        request = Request("POST", f"/app-manifests/{quoted(code)}/conversions")
        return (await exchange.send(request, AsApp(), "")).read(_app)
    except GitHubFailure as error:
        raise in_words_of_people(error) from None
    finally:
        await client.close()


def _app(node: Node) -> AppCredentials:
    return AppCredentials(
        app_id=node.need_integer("id"),
        slug=node.need_name("slug"),
        client_id=node.need_name("client_id"),
        html_url=node.need_text("html_url", _LONGEST_URL),
        private_key=node.need_text("pem", _LONGEST),
        client_secret=node.need_text("client_secret", _LONGEST),
        webhook_secret=node.need_text("webhook_secret", _LONGEST),
    )
