"""A repository with work in it, and an action that was asked for there."""

from uuid import UUID, uuid4

from events.catalogue import About, ActingUserSet, ActionKind, AppIdentified, own_event
from events.log import EventLog
from events.store import Store
from projections.access import EVERYTHING
from projections.actions.item import ActionItem
from projections.actions.queries import ActionFilter, list_actions
from simulator.payloads import a_user
from tests.projections.builders import project
from tests.projections.own_events import a_request
from tests.worlds.issues import Issue
from tests.worlds.people import maintainer
from tests.worlds.repositories import Repository
from tests.worlds.world import World

ACTION = UUID(int=77)
APP = a_user("copilot-orchestrator[bot]", type="Bot")


class Told:
    """A repository with work in it, and one action that was asked for."""

    def __init__(self, store: Store, log: EventLog) -> None:
        self.world = World()
        self.rocket: Repository = self.world.repository("octo-org/rocket")
        self.issue: Issue = self.rocket.open_issue("One", labels=("status:queued",))
        self._store, self._event_log, self._told = store, log, 0
        self._ourselves = [
            ActingUserSet(user_id=maintainer["id"], login=maintainer["login"]),
            AppIdentified(user_id=APP["id"], login=APP["login"], signs=False),
        ]

    async def asked(self, kind: ActionKind) -> None:
        about = About(installation_id=5, repository_id=self.rocket.id)
        request = a_request(
            ACTION, about=about, kind=kind, issue_number=self.issue.number, token="0"
        )
        await self.goes_on()
        await self._event_log.append(request)
        await project(self._store)

    async def goes_on(self) -> None:
        told, self._told = self._told, len(self.world.deliveries)
        while self._ourselves:
            content = self._ourselves.pop()
            await self._event_log.append(own_event(content, uuid4()))
        if news := self.world.deliveries[told:]:
            await self._event_log.append(*news)
        await project(self._store)

    async def page(self) -> ActionItem:
        [page] = await self._store.read(lambda c: list_actions(c, EVERYTHING, ActionFilter(), 10))
        return page
