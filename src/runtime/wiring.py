"""The one composition root: who is handed what."""

from typing import TYPE_CHECKING
from uuid import uuid4

from api.reads import Replica
from api.services import Services
from api.webhooks import PATH as RECEIVER
from events.log import EventLog
from events.wake import Wake
from projections.references import Links
from projections.registry import PROJECTIONS
from reactions.executor import Pace
from reactions.resync import IssueReading
from runtime.app_in_use import AppInUse
from runtime.clock import SteadyClock, now
from runtime.database import Database, open_database, open_replica
from runtime.frontend import built_frontend
from runtime.logs import lines, tell_request
from runtime.people import PeopleWiring
from runtime.process import Process, Role
from runtime.release import product_version
from runtime.settings import Settings

if TYPE_CHECKING:
    from runtime.background.relaying import Relaying


def wire(settings: Settings, role: Role = "all", own_url: str = "") -> Process:
    """Build a process of the service from its settings; opens no connection yet.

    ``own_url`` is where it is served on this machine, for what comes by way of a relay.
    """
    database = open_database(settings.database_url)
    replica = _replica_of(settings) if role != "worker" else None
    pace = Pace(settings.github_pause_seconds)
    clock = SteadyClock(now)
    if role == "web":  # which seldom asks
        app = AppInUse(settings, database)
    else:
        app = AppInUse(settings, database, clock, pace.observe)
        if app.is_there:
            app.github()  # or end here, with one clear line
    instance, log = uuid4(), EventLog(database, now, Wake())
    people = PeopleWiring(
        settings=settings, store=database, log=log, clock=now, instance=str(instance), app=app
    ).wired()
    services = Services(
        version=product_version(),
        log=log,
        store=database,
        projections=PROJECTIONS,
        progress=Wake(),
        links=Links(settings.github_web_url.rstrip("/")),
        clock=now,
        webhook_secrets=lambda: app.webhook_secrets,
        people=people.api,
        setup=people.desk,
        frontend=built_frontend(),
        metrics_open=settings.metrics_open,
        lost_lines=lines.lost,
        tell_request=tell_request,
        issues=lambda: IssueReading(github=app.github, clock=now) if app.is_there else None,
        replica=Replica(replica) if replica else None,
    )
    return Process(
        role=role,
        instance=instance,
        database=database,
        services=services,
        app=app,
        replica=replica,
        policy_file=settings.policy_file,
        pace=pace,
        recovery_seconds=settings.recovery_seconds,
        session_seconds=settings.session_seconds,
        clock=clock,
        secret_keys=settings.secret_keys,
        people=people,
        relaying=_relaying(settings, own_url),
    )


def _relaying(settings: Settings, own_url: str) -> "Relaying | None":
    if not settings.relay_url or not own_url:
        return None
    from runtime.background.relaying import Relaying  # noqa: PLC0415 (few have a client for it)

    return Relaying(settings.relay_url, f"{own_url}{RECEIVER}")


def _replica_of(settings: Settings) -> Database | None:
    url = settings.read_database_url
    return open_replica(url, settings.database_url) if url else None
