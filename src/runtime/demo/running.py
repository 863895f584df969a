"""Running the demonstration: it prints each stage as it is entered, and counts in the end.

Its orchestrator is the real application, on a temporary database of its own.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from secrets import token_urlsafe
from socket import socket
from tempfile import TemporaryDirectory
from time import monotonic

from pydantic import SecretStr
from rich.text import Text
from sqlalchemy import Connection

from events.store import Store
from projections.access import EVERYTHING
from projections.actions.fold import ACTIONS
from projections.actions.queries import ActionFilter, list_actions
from projections.costs.fold import COSTS
from projections.costs.queries import Wanted, sum_of_costs
from projections.engine.checkpoints import position
from projections.repositories.queries import list_repositories
from projections.workflows.model import StageEntered
from projections.workflows.queries import stages_entered
from runtime.database import open_database
from runtime.demo.planning import Wish, hopeless, plan_of
from runtime.demo.telling import Summary, counted, steps_saved, told
from runtime.migrate import migrate
from runtime.process import Process
from runtime.server import CannotListen, application_of
from runtime.settings import Settings
from runtime.wiring import wire
from simulator.serving import listen, served
from simulator.simulator import Simulator
from simulator.state.accounts import OWNER

Say = Callable[[Text | str], None]

_LOOK_SECONDS = 0.2
_OFTEN = 0.5  # seconds of ours
_PATIENCE = 20.0  # until all is counted, likewise
_AT_ONCE = 500
_MOST_ACTIONS = 10_000
_NOTHING_LEFT = "\nall came to their end; the pages above stay until Ctrl-C"
_PAUSE = 1.0  # GitHub's wish between two changes, in its own time
_SESSION = 120.0  # between two looks at a session, likewise


@dataclass
class Onlooker:
    """Follows what workflows come to; ``stages`` is where each stands."""

    store: Store
    say: Say
    started: float
    position: int = 0
    names: dict[int, str] = field(default_factory=dict)
    stages: dict[tuple[int, int], str | None] = field(default_factory=dict)

    async def look(self) -> None:
        """Tell what is new."""
        for change in await self.store.read(self._news):
            self.position = change.position
            self.stages[change.repository_id, change.issue_number] = change.stage
            name = self.names.get(change.repository_id, str(change.repository_id))
            self.say(told(change, name, monotonic() - self.started))

    def _news(self, connection: Connection) -> list[StageEntered]:
        found = list_repositories(connection, EVERYTHING, 0, _AT_ONCE)
        self.names = {repository.id: repository.full_name for repository in found}
        return stages_entered(connection, EVERYTHING, self.position, _AT_ONCE)


async def demonstrate(wish: Wish, *, until_done: bool, seconds: float, say: Say) -> Summary:
    """Run until every issue is done, or for as long as it may; cancelled, it ends at once.

    ``seconds`` bounds it where it is to end by itself.
    """
    with TemporaryDirectory(prefix="copilot-orchestrator-demo-") as name:
        listener = _listening(wish.port)
        url = "http://{}:{}".format(*listener.getsockname())
        github = Simulator(plan_of(wish), webhook_url=f"{url}/api/webhooks/github")
        github.give_permission("actions", "write")  # to run flaky checks again
        async with github, orchestrator(github, listener, Path(name)) as (process, token):
            for line in _welcome(url, github.url, token):
                say(line)
            onlooker = Onlooker(process.database, say, monotonic())
            finished = await _watch(onlooker, wish, until_done=until_done, seconds=seconds)
            await _reflected(process)
            return await _summary(onlooker, github, wish, finished=finished)


def _listening(port: int) -> socket:
    try:
        return listen("127.0.0.1", port)
    except OSError as error:
        raise CannotListen(f"cannot listen on 127.0.0.1:{port}: {error.strerror}") from error


@asynccontextmanager
async def orchestrator(
    github: Simulator, listener: socket, folder: Path
) -> AsyncIterator[tuple[Process, str]]:
    """Serve on a listening socket until the block ends; gives the process and its admin token."""
    settings = _settings(github, folder)
    database = open_database(settings.database_url)
    try:
        await migrate(database)
    finally:
        await database.close()
    process = wire(settings)
    app = application_of(process)
    async with app.router.lifespan_context(app), served(app, listener):
        yield process, settings.admin_token.get_secret_value()


async def _watch(onlooker: Onlooker, wish: Wish, *, until_done: bool, seconds: float) -> bool:
    over = False
    while True:
        await onlooker.look()
        if not over and (over := _is_over(onlooker, wish)):
            if until_done:
                return True
            onlooker.say(_NOTHING_LEFT)
        if until_done and monotonic() - onlooker.started > seconds:
            return False
        await asyncio.sleep(_LOOK_SECONDS)


def _is_over(onlooker: Onlooker, wish: Wish) -> bool:
    """Say whether all work is done but for what nobody can mend, which is with a person."""
    stages = list(onlooker.stages.values())
    helpless = stages.count("needs_human")
    return helpless == hopeless(wish) and stages.count("done") + helpless == wish.issues


async def _reflected(process: Process) -> None:
    """Wait until actions and costs are counted up to the log's end, but not for ever."""
    head = (await process.services.log.head()).position
    names = (ACTIONS.name, COSTS.name)
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            while True:
                if min(await process.database.read(partial(_positions, names=names))) >= head:
                    return
                await asyncio.sleep(_LOOK_SECONDS)


def _positions(connection: Connection, names: tuple[str, ...]) -> list[int]:
    return [position(connection, name) for name in names]


async def _summary(onlooker: Onlooker, github: Simulator, wish: Wish, *, finished: bool) -> Summary:
    wall = monotonic() - onlooker.started
    actions = await onlooker.store.read(
        lambda c: list_actions(c, EVERYTHING, ActionFilter(), _MOST_ACTIONS)
    )
    cost = await onlooker.store.read(lambda c: sum_of_costs(c, EVERYTHING, Wanted()).costs)
    done = counted(actions)
    steps = list(github.manual_steps.values())
    stages = [str(stage or "gone") for stage in onlooker.stages.values()]  # keys of JSON
    return Summary(
        finished=finished,
        issues=wish.issues,
        stages={stage: stages.count(stage) for stage in sorted(set(stages))},
        actions=done,
        failed_actions=sum(action.outcome == "failed" for action in actions),
        sessions=cost.sessions,
        rounds=cost.rounds,
        minutes=cost.minutes,
        steps_by_people=sum(map(len, steps)),
        steps=dict(sorted(Counter(chain(*steps)).items())),
        most_steps_for_one_issue=max(map(len, steps), default=0),
        steps_saved=steps_saved(done),
        wall_seconds=round(wall, 1),
        seed=wish.seed,
    )


def _welcome(url: str, github: str, token: str) -> list[str]:
    return [
        f"GitHub is simulated at  {github}",
        f"The orchestrator is at  {url}",
        f"  curl -H 'Authorization: Bearer {token}' {url}/api/dashboard",
        f"  curl -H 'Authorization: Bearer {token}' {url}/api/actions",
        f"Open the dashboard at    {url}/",
        f"  and sign in with a click as {OWNER['login']}, or as whoever you choose to be",
        "",
    ]


def _settings(github: Simulator, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{folder}/demo.db",
        read_database_url="",
        webhook_secret=SecretStr(github.webhook_secret),
        admin_token=SecretStr(token_urlsafe(12)),
        secret_key=SecretStr(token_urlsafe(32)),
        github_api_url=github.url,
        github_web_url=github.url,
        github_app_id=str(github.app_id),
        github_private_key=SecretStr(github.private_key),
        acting_user_token=SecretStr(github.user_token),
        github_client_id=github.client_id,
        github_client_secret=SecretStr(github.client_secret),
        administrators=str(OWNER["login"]),
        public_url="",
        github_pause_seconds=_PAUSE / github.plan.speed,
        session_seconds=max(_OFTEN, _SESSION / github.plan.speed),
        policy_file=None,
        agents_file=None,
        metrics_open=False,
        log_level="warning",
        log_format="auto",
    )
