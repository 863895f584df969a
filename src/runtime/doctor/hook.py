"""Judging the App's webhook: where it leads, and whether what GitHub sends arrives."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from reactions.ports.answers import HookDelivery, HookSetup
from reactions.ports.failures import NotFound
from runtime.doctor.finding import Finding, Reading, Unasked, Unread, not_read, ok, problem, warning

WEBHOOK = "webhook"
DELIVERIES = "deliveries"

RECEIVER = "/api/webhooks/github"

_WHERE = "in the App's settings at GitHub, under Webhook"
_NO_WEBHOOK = "GitHub knows no webhook of this App (404): it has none, or this server offers none"
_NO_LIST = "GitHub has no list of this App's deliveries (404): what is missed stays missed"
_OF_THEIR_OWN = (
    f"give the App one {_WHERE}, or let repositories' own webhooks call the service and see to it "
    "that it is always reachable"
)
_OK = "OK"
_BY_CODE = {
    401: "the secret at GitHub and ORCHESTRATOR_WEBHOOK_SECRET differ: set both to the same",
    404: f"correct the webhook's URL: it ends in {RECEIVER}",
    413: "let the proxy in front pass bodies of 25 MB",
    502: "the proxy in front finds no service behind it: is it running?",
    503: "the service could not store it: see the database, and the service's log",
    504: "the proxy in front waited for the service in vain: see the service's log",
}
_NO_ANSWER = f"let GitHub reach the service from outside, and correct the webhook's URL {_WHERE}"


def judge_hook(hook: Reading[HookSetup]) -> Finding:
    """Say whether the webhook is set up so that its deliveries can be taken."""
    if isinstance(hook, Unread | Unasked):
        return _absent(WEBHOOK, hook, _NO_WEBHOOK) or not_read(WEBHOOK, hook, "try again")
    if not hook.url:
        return problem(WEBHOOK, "the App has none", f"set https://HOST{RECEIVER} {_WHERE}")
    if not hook.has_secret:
        found = "has no secret, so every delivery is refused"
        return problem(WEBHOOK, found, f"set ORCHESTRATOR_WEBHOOK_SECRET's value {_WHERE}")
    url = urlsplit(hook.url)
    if not url.path.rstrip("/").endswith(RECEIVER):
        found = f"leads to {url.path or '/'}, where this service takes no deliveries"
        return warning(WEBHOOK, found, f"let its URL end in {RECEIVER}, unless a proxy rewrites it")
    if url.scheme == "https" and not hook.verifies_tls:
        found = "does not verify the certificate"
        return warning(WEBHOOK, found, f"enable SSL verification {_WHERE}")
    return ok(WEBHOOK, f"leads to {url.hostname}, with a secret")


def judge_deliveries(deliveries: Reading[Sequence[HookDelivery]]) -> Finding:
    """Say whether the newest delivery arrived; ``deliveries`` are newest first."""
    if isinstance(deliveries, Unread | Unasked):
        absent = _absent(DELIVERIES, deliveries, _NO_LIST)
        return absent or not_read(DELIVERIES, deliveries, "try again")
    if not deliveries:
        return ok(DELIVERIES, "GitHub had none to make in the last day")
    newest = deliveries[0]
    failed = sum(each.status != _OK for each in deliveries)
    of = f"{failed} of the last {len(deliveries)} failed"
    if newest.status != _OK:
        found = f"the newest did not arrive: {_outcome(newest)}; {of}"
        return problem(DELIVERIES, found, _BY_CODE.get(newest.status_code or 0, _NO_ANSWER))
    if failed:
        return warning(DELIVERIES, of, "redeliver them, from the App's settings, under Advanced")
    return ok(DELIVERIES, f"the last {len(deliveries)} arrived")


def _absent(check: str, reading: Unread | Unasked, found: str) -> Finding | None:
    """Say what a 404 means here: GitHub hides nothing that is the App's own."""
    if isinstance(reading, Unread) and isinstance(reading.failure, NotFound):
        return warning(check, found, _OF_THEIR_OWN)
    return None


def _outcome(delivery: HookDelivery) -> str:
    code = delivery.status_code
    return f"{code} {delivery.status}" if code else delivery.status or "no answer"
