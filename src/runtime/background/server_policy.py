"""The server's layer of the policy: a file, read at the start and recorded where it is new."""

import asyncio
import os
from hashlib import sha256
from pathlib import Path

import structlog

from aggregates.lane.ours import PolicyLayer, policy_after
from aggregates.policy import read_policy_file
from aggregates.policy.file import MAX_BYTES
from aggregates.surroundings import EVERYWHERE, Surroundings
from events.catalogue import PolicyChanged, own_event
from events.errors import OrchestratorError
from events.identity import keyed_id
from events.log import EventLog
from events.store import Store
from runtime.background.announcing import Announcement

SETTING = "ORCHESTRATOR_POLICY_FILE"

_NO_POLICY = PolicyLayer()

_log = structlog.get_logger("policy")


class PolicyFileUnreadable(OrchestratorError):
    """The file that the setting names cannot be read."""


def read_server_policy(path: Path | None) -> PolicyChanged:
    """Return what the file says, whole or with its problems; without a file it says nothing.

    Raises PolicyFileUnreadable.
    """
    file = read_policy_file(b"" if path is None else _content(path))
    name = "no file" if path is None else os.fsencode(path.name).decode(errors="replace")
    return PolicyChanged(
        layer="server",
        origin=name,
        content=file.text,
        document=file.reading.document,
        problems=file.reading.problems,
    )


class ServerPolicy:
    """Sees to it that the log has the file as it is; several processes record it once."""

    def __init__(self, store: Store, log: EventLog, path: Path | None) -> None:
        self._store = store
        self._event_log = log
        self._path = path

    async def run(self) -> None:
        """Record the file once it is certain to be new; what fails is tried again."""
        try:
            said = await asyncio.to_thread(read_server_policy, self._path)
        except PolicyFileUnreadable as error:  # it was there when the command started
            _log.error("the server's policy stays as it is", error=str(error))
            return
        for problem in said.problems:
            _log.warning("a policy file with problems changes nothing", **problem.model_dump())
        await Announcement(self._store, lambda around: self._record(said, around), _failed).run()

    async def _record(self, said: PolicyChanged, around: Surroundings) -> None:
        """Record what the file says, unless folding it would change nothing.

        What the scopes last heard of is in the key, so that a change back is another event.
        """
        known = around.policies.get(EVERYWHERE, _NO_POLICY)
        if policy_after(known, around.position, said) is known:
            return
        digest = sha256(said.content.encode()).hexdigest()
        event = own_event(said, keyed_id(f"policy:server:{digest}:{around.position}"))
        [appended] = await self._event_log.append(event)
        _log.info("the server's policy changed", position=appended.event.position)


def _failed(error: Exception) -> None:
    _log.warning("the server's policy is not recorded yet", error=str(error)[:300])


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise PolicyFileUnreadable(f"{SETTING}: there is no file {path}")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise PolicyFileUnreadable(f"{SETTING}: cannot read {path}: {why}") from error
