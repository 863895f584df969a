"""All checks, one after the other told, though made side by side."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from reactions.ports.answers import AppSetup
from runtime.agents_file import AgentsFileUnfit, settle_agents_of
from runtime.app_in_use import settings_with_kept_app
from runtime.doctor.app import APP, judge_app
from runtime.doctor.copilot import (
    ACTING_USER,
    COPILOT,
    judge_acting_user,
    judge_copilot,
    judge_token,
)
from runtime.doctor.credentials import Credentials, examine_credentials
from runtime.doctor.finding import (
    NO_WAY,
    REPORT,
    Finding,
    Reading,
    Unasked,
    Unread,
    Way,
    at,
    attempt,
    problem,
)
from runtime.doctor.github_readings import NO_SERVER, GitHubReadings, Questions, unasked
from runtime.doctor.hook import DELIVERIES, WEBHOOK, judge_deliveries, judge_hook
from runtime.doctor.installations import INSTALLATIONS, judge_installations
from runtime.doctor.replica import REPLICA, examine_replica
from runtime.doctor.repositories import (
    POLICIES,
    REPOSITORIES,
    KnownRepository,
    judge_acted_in,
    judge_policies,
    judge_repositories,
)
from runtime.doctor.secret_values import (
    ACCESS,
    MARKS,
    SIGNING,
    judge_admin_token,
    judge_secret_key,
    judge_webhook_secret,
    without_secrets,
)
from runtime.doctor.server import (
    ADDRESS_SETTING,
    CLOCK,
    GITHUB,
    host_of,
    judge_address,
    judge_clock,
    judge_server,
)
from runtime.doctor.settings_file import (
    AGENTS_FILE,
    POLICY_FILE,
    SETTINGS,
    GivenSettings,
    check_agents_file,
    check_policy_file,
    judge_settings,
    read_settings,
)
from runtime.doctor.sign_in import (
    ADMINISTRATORS,
    SIGN_IN,
    judge_administrators,
    judge_sign_in,
)
from runtime.doctor.storage import (
    DATABASE,
    QUESTIONS,
    Storage,
    judge_questions,
    judge_storage,
    read_storage,
)
from runtime.logs import hide
from runtime.redaction import secrets_of
from runtime.settings import Settings

Clock = Callable[[], datetime]

SECONDS = 10.0  # for one answer of GitHub's
_ANSWERS = 2  # for so many one question may wait, as a list has pages and needs a token
ALL_SECONDS = 60.0  # for all of them

_REPLICA_SECONDS = 15.0

_OFFLINE = Unasked("GitHub was not asked", "run it without --offline")
_NO_ADDRESS = Unasked("GitHub was not asked", "correct its address first")
_UNREADABLE = "mend .env; without settings nothing else can be looked at"


async def examine(clock: Clock, *, offline: bool, seconds: float = SECONDS) -> list[Finding]:
    """Make every check there is and return what each found; one that fails stops no other."""
    given = read_settings()
    if isinstance(given, Unread):
        return [problem(SETTINGS, f"cannot be read: {given.why}", given.advice or _UNREADABLE)]
    with suppress(AgentsFileUnfit):  # which is told of in its turn
        settle_agents_of(given.settings)
    settings = await settings_with_kept_app(given.settings)
    return await examine_given(
        replace(given, settings=settings), clock, offline=offline, seconds=seconds
    )


async def examine_given(
    given: GivenSettings,
    clock: Clock,
    *,
    offline: bool = False,
    seconds: float = SECONDS,
    all_seconds: float = ALL_SECONDS,
) -> list[Finding]:
    """Make every check of settings that were read; ``all_seconds`` are for all of GitHub's."""
    settings = given.settings
    hide(secrets_of(settings))
    examination = _Examination(given, clock, seconds, all_seconds)
    storage, replica, github = await asyncio.gather(
        read_storage(settings.database_url, clock),
        attempt(examine_replica(settings), _REPLICA_SECONDS),
        examination.of_github(offline=offline),
    )
    known = storage.repositories if isinstance(storage, Storage) else storage
    by_setup = storage.administrators if isinstance(storage, Storage) else storage
    findings = [
        *_judged(SETTINGS, lambda: judge_settings(given)),
        *_judged(SIGNING, lambda: [judge_webhook_secret(settings)]),
        *_judged(ACCESS, lambda: [judge_admin_token(settings)]),
        *_judged(MARKS, lambda: [judge_secret_key(settings)]),
        *_judged(SIGN_IN, lambda: [judge_sign_in(settings)]),
        *_judged(ADMINISTRATORS, lambda: [judge_administrators(by_setup, settings)]),
        *_judged(POLICY_FILE, lambda: [check_policy_file(settings.policy_file)]),
        *_judged(AGENTS_FILE, lambda: [check_agents_file(settings.agents_file)]),
        *_judged(DATABASE, lambda: judge_storage(storage, clock())),
        *_judged(REPLICA, lambda: _of_replica(replica)),
        *_judged(QUESTIONS, lambda: judge_questions(storage)),
        *_judged(REPOSITORIES, lambda: [judge_repositories(known)]),
        *_judged(POLICIES, lambda: judge_policies(known)),
        *_judge_github(github, settings, known),
    ]
    return without_secrets(findings, settings)


@dataclass(frozen=True, slots=True)
class _Examination:
    """The part that asks GitHub, with whatever credentials can be used."""

    given: GivenSettings
    clock: Clock
    seconds: float
    all_seconds: float

    async def of_github(self, *, offline: bool) -> GitHubReadings:
        credentials = examine_credentials(self.given.settings)
        readings = unasked(_OFFLINE) if offline else await self._readings(credentials)
        app = readings.app if credentials.have_app else credentials.app
        user = readings.user if credentials.have_user else credentials.user
        return replace(readings, app=app, user=user)

    async def _readings(self, credentials: Credentials) -> GitHubReadings:
        if not self._has_address():
            return unasked(_NO_ADDRESS)
        answer = await attempt(self._ask(credentials), self.all_seconds)
        return replace(unasked(NO_SERVER), server=answer) if isinstance(answer, Unread) else answer

    def _has_address(self) -> bool:
        """Tell whether there is an address; no credential is sent to one that stands in for it."""
        found = judge_address(self.given.settings.github_api_url)
        return ADDRESS_SETTING not in self.given.unfit and (
            found is None or found.state != "problem"
        )

    async def _ask(self, credentials: Credentials) -> GitHubReadings:
        async with credentials.gateway(self.clock, self.seconds) as github:
            seconds, have_app = self.seconds * _ANSWERS, credentials.have_app
            return await Questions(github, self.clock(), seconds, have_app).ask()


def _of_replica(found: list[Finding] | Unread) -> list[Finding]:
    return [problem(REPLICA, found.why, found.advice)] if isinstance(found, Unread) else found


def _judge_github(
    readings: GitHubReadings, settings: Settings, known: Reading[Sequence[KnownRepository]]
) -> Iterator[Finding]:
    url, token = settings.github_api_url, settings.acting_user_token.get_secret_value().strip()
    host = host_of(url) or "GitHub"
    yield from _judged(GITHUB, lambda: _found(judge_address(url)))
    yield from _judged(GITHUB, lambda: [judge_server(readings.server, host)])
    yield from _judged(CLOCK, lambda: [judge_clock(readings.server)])
    yield from _judged(APP, lambda: judge_app(readings.app))
    app = readings.app if isinstance(readings.app, AppSetup) else None
    page, asked = (app.html_url, app.permissions) if app else ("", {})
    install = at(f"{page}/installations/new" if page else "")
    hook = [
        *_judged(WEBHOOK, lambda: [judge_hook(readings.hook)]),
        *_judged(DELIVERIES, lambda: [judge_deliveries(readings.deliveries)]),
    ]
    yield from _leading(lambda _: at(page), hook)
    installed = _judged(INSTALLATIONS, lambda: judge_installations(readings.installations, asked))
    yield from _leading(lambda _: install, installed)
    somebody = not isinstance(known, Unread | Unasked) and any(
        each.has_acting_user for each in known
    )
    yield from _judged(ACTING_USER, lambda: _found(judge_token(token)))
    yield from _judged(ACTING_USER, lambda: [judge_acting_user(readings.user, somebody=somebody)])
    yield from _judged(ACTING_USER, lambda: judge_acted_in(known))
    copilot = _judged(COPILOT, lambda: judge_copilot(readings.repositories))
    yield from _leading(lambda each: _settings_of(each.about, settings), copilot)


def _leading(way: Callable[[Finding], Way], findings: Iterable[Finding]) -> Iterator[Finding]:
    """Say where what is to be done is done, unless the finding says so itself."""
    for each in findings:
        yield each if each.state == "ok" or each.way != NO_WAY else replace(each, way=way(each))


def _settings_of(full_name: str, settings: Settings) -> Way:
    page = settings.github_web_url.rstrip("/")
    return at(f"{page}/{quote(full_name)}/settings" if full_name else "")


def _found(finding: Finding | None) -> list[Finding]:
    return [] if finding is None else [finding]


def _judged(check: str, judge: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(judge())
    except Exception as error:  # noqa: BLE001 (whatever it is, the other checks go on)
        return [problem(check, f"it failed with {type(error).__name__}", REPORT)]
