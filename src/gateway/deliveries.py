"""What GitHub tried to deliver, and asking it to try again."""

from collections.abc import AsyncIterator
from datetime import datetime

from events.github.node import Node
from gateway.calls import Caller
from gateway.credentials import AsApp
from gateway.reply import Reply
from reactions.ports.answers import Answer, HookDelivery
from reactions.ports.failures import NotFound

_PATH = "/app/hook/deliveries"
_NO_LIST = (
    "GitHub has no list of this App's deliveries (404): the App has no webhook of its own, or this "
    "server does not offer the list; what it could not deliver cannot be sent again"
)


class Deliveries(Caller):
    """The webhook's own record at GitHub, which it keeps for some days."""

    async def deliveries(self, since: datetime) -> AsyncIterator[HookDelivery]:
        """Yield attempts to deliver to the App's webhook, newest first, back to a time."""
        try:
            async for item in self._calls.listed(AsApp(), _PATH, {}):
                delivery = Reply(200, item, {}).read(_delivery)
                if delivery.delivered_at < since:
                    return
                yield delivery
        except NotFound as absent:
            raise NotFound(_NO_LIST, status=absent.status, request_id=absent.request_id) from absent

    async def redeliver(self, delivery_id: int) -> Answer:
        """Ask GitHub to deliver once more."""
        reply = await self._calls.post(AsApp(), f"{_PATH}/{delivery_id}/attempts")
        return reply.answer(delivery_id=delivery_id)


def _delivery(node: Node) -> HookDelivery:
    return HookDelivery(
        id=node.need_integer("id"),
        guid=node.need_name("guid"),
        delivered_at=node.need_moment("delivered_at"),
        redelivery=node.flag("redelivery") or False,
        status=node.text("status", 255) or "",
        status_code=node.integer("status_code"),
        event=node.need_name("event"),
        action=node.name("action"),
        installation_id=node.integer("installation_id"),
        repository_id=node.integer("repository_id"),
    )
