"""Policy files: read on the default branch, recorded where they are news, reported on where wrong.

A file is read when its repository is connected and when a push may have touched it. What is
recorded is the file as it is when it is read, whichever push led to it: several pushes in a row may
be one change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from events.envelope import Event
from reactions.checkpoints import Checkpoint
from reactions.policy_files.pushes import may_touch
from reactions.policy_files.reading import change_event, read_file
from reactions.policy_files.reporting import report
from reactions.ports.github import Policing
from reactions.visits import (
    Following,
    Notice,
    Place,
    Rounds,
    Services,
    Visited,
    Wanted,
    connections,
)

PATH = ".github/copilot-orchestrator.yml"
PURPOSE = "policy_files"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFiles:
    """Sees to it that the log has each repository's policy file as it is."""

    github: Policing
    services: Services
    path: str = PATH
    checkpoint: Checkpoint = field(default_factory=lambda: Checkpoint(PURPOSE))

    async def step(self) -> Visited:
        """Follow the log, then read a few files that may be news; call it again while there are.

        Raises what the log and the database raise, and what the guard does.
        """
        following = Following(
            checkpoint=self.checkpoint,
            services=self.services,
            notices=self._notices,
            payload_of=("push",),
        )
        await following.catch_up()
        return await Rounds(purpose=PURPOSE, services=self.services).visit(self._look)

    def _notices(self, event: Event) -> Iterator[Notice]:
        again = event.type == "repository" or (event.type == "push" and may_touch(event, self.path))
        for notice in connections(event):
            if again and isinstance(notice, Wanted):
                yield Wanted(notice.repository_id, notice.installation_id, again=True)
            else:
                yield notice

    async def _look(self, place: Place) -> datetime | None:
        """Read one file; it is due again when something happens to it."""
        found = await read_file(self.github, place.repo, self.path)
        event = change_event(place, found)
        if event is not None:
            await self.services.log.append(event)
        await report(self.github, self.services.store, place, found.content)
        return None
