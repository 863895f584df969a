"""The App's webhook: where it goes, what was delivered, and delivering again."""

from simulator.hooks.attempt import Attempt
from simulator.http.answer import Answer
from simulator.http.call import Call, next_link, page_size
from simulator.state.refusals import NotFound, Refused

_CURSOR = "v1_"


def get_config(call: Call) -> Answer:
    """Answer with the webhook's settings."""
    config = {"content_type": "json", "insecure_ssl": "0", "secret": "********"}
    return Answer(config | {"url": call.site.sender.url or ""})


def set_config(call: Call) -> Answer:
    """Change where the webhook goes, its secret or both."""
    if "url" in call.body:
        call.site.sender.url = call.text("url")
    if "secret" in call.body:
        call.site.sender.secret = call.text("secret")
    return get_config(call)


def list_deliveries(call: Call) -> Answer:
    """Answer with attempts, the newest first, from the cursor on."""
    attempts = [each for each in reversed(call.site.outbox.attempts) if _is_wanted(call, each)]
    if "cursor" in call.query:
        before = _id_in(call.query["cursor"])
        attempts = [each for each in attempts if each.id < before]
    size = page_size(call)
    shown, more = attempts[:size], len(attempts) > size
    headers = next_link(call, cursor=f"{_CURSOR}{shown[-1].id}") if more else {}
    return Answer([each.snapshot() for each in shown], headers=headers)


def get_delivery(call: Call) -> Answer:
    """Answer with an attempt, what was sent and what was answered."""
    return Answer(_attempt(call).whole(call.site.sender.url))


def redeliver(call: Call) -> Answer:
    """Deliver once more, under the same GUID."""
    call.site.outbox.redeliver(_attempt(call))
    return Answer({}, 202)


def _attempt(call: Call) -> Attempt:
    text = call.path["delivery_id"]
    found = call.site.outbox.attempt(int(text)) if text.isdecimal() else None
    if found is None:
        raise NotFound
    return found


def _is_wanted(call: Call, attempt: Attempt) -> bool:
    match call.query.get("status"):
        case None:
            return True
        case "success":
            return attempt.succeeded
        case "failure":
            return attempt.is_listed_as_failure
        case other:
            raise Refused(f"Invalid status: {other}")


def _id_in(cursor: str) -> int:
    text = cursor.removeprefix(_CURSOR)
    if not text.isdecimal():
        raise Refused("Invalid cursor")
    return int(text)
