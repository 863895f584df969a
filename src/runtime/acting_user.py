"""Who acts: the person whose token is set, recorded where it is news."""

import structlog

from aggregates.scope import EVERYWHERE, ActingUser, Scope
from events.catalogue import ActingUserSet, ActingUserUnset, own_event
from events.identity import keyed_id
from events.log import EventLog
from events.store import Store
from reactions.ports.failures import GitHubFailure, Unauthorised
from reactions.ports.github import Examining
from runtime.announcing import Announcement

_log = structlog.get_logger("acting user")


class ActingUserAnnouncer:
    """Asks GitHub once whose token is set, and records it unless the scopes know."""

    def __init__(self, store: Store, log: EventLog, github: Examining) -> None:
        self._store = store
        self._event_log = log
        self._github = github

    async def run(self) -> None:
        """Work until it is recorded; what fails is tried again."""
        await Announcement(self._store, self._record, _failed).run()

    async def _user(self) -> ActingUser | None:
        try:
            user = await self._github.acting_user()
        except Unauthorised:
            _log.error("GitHub does not take ORCHESTRATOR_ACTING_USER_TOKEN; set another")
            return None
        return ActingUser(user.id, user.login) if user is not None else None

    async def _record(self, around: Scope) -> None:
        user = await self._user()
        if around.acting.get(EVERYWHERE) == user:
            return
        content = (
            ActingUserUnset()
            if user is None
            else ActingUserSet(user_id=user.user_id, login=user.login)
        )
        who = user.user_id if user else "nobody"
        key = keyed_id(f"acting_user:{who}:{around.position}")
        [appended] = await self._event_log.append(own_event(content, key))
        _log.info("the acting user changed", position=appended.event.position)


def _failed(error: Exception) -> None:
    if isinstance(error, GitHubFailure):
        _log.warning("who acts is not known yet", error=str(error)[:300])
    else:
        _log.warning("who acts is not recorded yet", error=type(error).__name__)
