"""Which files and functions of ours three walks cross: what a reader has to open to follow one.

``python -m benchmarks.walks [--lists]`` counts, and lists them. A delivery goes into the log and to
its page; a decision is made, done on GitHub and confirmed; a page is read as it was.
"""

import argparse
import asyncio
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType

import structlog

from events.log import EventLog
from events.wake import Wake
from projections.engine.runner import Runner
from projections.registry import PROJECTIONS
from runtime.database import open_database
from tests.conftest import Clock
from tests.databases import SqliteTemplate
from tests.reactions.executor.desk import Desk, a_desk
from tests.service import Client, app_over, client_of, project
from tests.worlds.pull_requests import PullRequest
from tests.worlds.stories import run_ci

SOURCE = Path(__file__).parents[1] / "src"
_WITHIN = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<module>")
_AT_ANY_TIME = ("__del__",)  # the collector calls it, for what another walk left behind

Walks = dict[str, "Crossed"]
Part = Callable[[str], AbstractContextManager[None]]

TO_LOG, TO_PAGE = "a delivery to the log", "the log to its workflow's page"
TO_ALL = "the log to all other read models"
TO_REQUEST, TO_OUTCOME = "a decision to action.requested", "action.requested to its outcome"
TO_CONFIRMATION, AS_OF = "GitHub's delivery to the confirmation", "a page as of then"


@dataclass
class Crossed:
    """The functions that were called, by file below ``src/``, in the order of the first call."""

    files: dict[str, list[str]] = field(default_factory=dict)

    @property
    def functions(self) -> int:
        """How many functions were called."""
        return sum(map(len, self.files.values()))

    def without(self, *others: "Crossed") -> list[str]:
        """Return the files that others have not crossed already."""
        return [name for name in self.files if not any(name in other.files for other in others)]


class Tracer:
    """Notes what is called in every thread that is started while it is there."""

    def __init__(self) -> None:
        self._crossed: Crossed | None = None
        self._known: dict[CodeType, tuple[str, str] | None] = {}

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Watch this thread, and all that are started within the block."""
        threading.setprofile(self._called)
        sys.setprofile(self._called)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    @contextmanager
    def crossing(self, into: Crossed) -> Iterator[None]:
        """Note what is called within the block."""
        self._crossed = into
        try:
            yield
        finally:
            self._crossed = None

    def _called(self, frame: FrameType, event: str, _argument: object) -> None:
        crossed = self._crossed
        if event != "call" or crossed is None:
            return
        code = frame.f_code
        if code not in self._known:
            self._known[code] = _place(code)
        place = self._known[code]
        if place is not None:
            functions = crossed.files.setdefault(place[0], [])
            if place[1] not in functions:
                functions.append(place[1])


def _place(code: CodeType) -> tuple[str, str] | None:
    file = Path(code.co_filename)
    if (
        code.co_name in _WITHIN + _AT_ANY_TIME
        or code.co_name.startswith("__annotate")
        or SOURCE not in file.parents
    ):
        return None
    return file.relative_to(SOURCE).as_posix(), code.co_qualname


async def traced(new_url: Callable[[], str]) -> Walks:
    """Walk once without looking, so that all is loaded, then trace each part of the walks."""
    tracer, walks = Tracer(), dict[str, Crossed]()
    with tracer.installed():
        await _walk(new_url(), tracer, {})
        await _walk(new_url(), tracer, walks)
    return walks


async def _walk(url: str, tracer: Tracer, walks: Walks) -> None:
    def part(name: str) -> AbstractContextManager[None]:
        return tracer.crossing(walks.setdefault(name, Crossed()))

    database, clock = open_database(url), Clock()
    try:
        async with client_of(app_over(database, clock)) as client:
            desk = await a_desk(database, EventLog(database, clock, Wake()), clock)
            await desk.until_idle()
            pull = await _delivery(desk, client, part)
            await _decision(desk, pull, part)
            await _page(client, pull, part)
    finally:
        await database.close()


async def _delivery(desk: Desk, client: Client, part: Part) -> PullRequest:
    """Tell of Copilot's pull request: into the log, and from there to the page of its issue."""
    [repository] = desk.world.repositories
    issue = repository.issues[0]
    issue.assign_copilot()
    await desk.goes_on()
    pull = repository.copilot_opens(issue)
    [payload] = [
        payload
        for name, payload in desk.world.sent[desk.told :]
        if name == "pull_request" and payload["action"] == "opened"
    ]
    with part(TO_LOG):
        (await client.deliver("pull_request", payload)).raise_for_status()
    lanes = [projection for projection in PROJECTIONS if projection.name == "lanes"]
    runner = Runner(lanes, desk.store, desk.store)
    with part(TO_PAGE):
        await runner.step()
    with part(TO_ALL):
        await project(desk.store)
    return pull


async def _decision(desk: Desk, pull: PullRequest, part: Part) -> None:
    """Let checks fail: Copilot is to be asked to mend them, is asked, and that shows."""
    run_ci(pull, "failure")
    pull.finish_round()
    await desk.goes_on()
    await desk.until_idle()
    desk.github.show(pull.repository.full_name, pull)
    desk.clock.advance(minutes=2)
    await desk.stage.look()  # the wait for the checks is over
    await project(desk.store)
    with part(TO_REQUEST):
        assert (await desk.stage.look()).appended
    await project(desk.store)
    with part(TO_OUTCOME):
        assert (await desk.executor().step()).taken
    await project(desk.store)
    *_, (_, _, body, _) = desk.github.comments
    pull.comment(body)
    await desk.log.append(desk.world.deliveries[-1])
    with part(TO_CONFIRMATION):
        await project(desk.store)


async def _page(client: Client, pull: PullRequest, part: Part) -> None:
    """Read the page of the issue as it was before the last events."""
    path = f"/api/repositories/{pull.repository.id}/workflows/{pull.issue.number}"
    with part(AS_OF):
        (await client.get(path, as_of=20)).raise_for_status()


def report(walks: Walks) -> dict[str, object]:
    """Return the figures of each part, and how many files are not of the parts before it."""
    known: list[Crossed] = []
    told: dict[str, object] = {}
    for name, crossed in walks.items():
        more = len(crossed.without(*known))
        told[name] = {"files": len(crossed.files), "more": more, "functions": crossed.functions}
        known.append(crossed)
    return told


def main() -> None:
    """Trace on SQLite and print what was crossed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.walks", description=__doc__)
    parser.add_argument("--lists", action="store_true", help="name the files and functions, too")
    lists = parser.parse_args().lists
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with TemporaryDirectory() as name:
        template = SqliteTemplate(Path(name))
        walks = asyncio.run(traced(lambda: template.clone(Path(name))))
    print(json.dumps(report(walks), indent=2))
    for name, crossed in walks.items() if lists else ():
        print(f"\n{name}")
        for file, functions in crossed.files.items():
            print(f"  {file}: {', '.join(functions)}")


if __name__ == "__main__":
    main()
