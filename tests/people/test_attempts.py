"""Who fails too often waits, longer each time; whoever has what is right goes on."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import Connection, func, insert, select, text

from events.table import table_of
from people import sign_ins
from people.attempts import LIMITS, WINDOW, Attempts, Door, Standing, after
from people.sign_ins import LASTS, Purpose, SignInRow, TooManySignIns
from people.vault import Vault
from runtime.callers import TrustedProxies, parse_networks
from runtime.database import Database
from simulator.simulator import Simulator
from tests.api.answers import assert_problem
from tests.conftest import Clock
from tests.people.browser import LOGIN, Browser, a_browser, a_service
from tests.people.test_api_tokens import Program, made
from tests.people.test_signing_in import ADA, events_of
from tests.service import BEARER, RECEIVER, Client
from tests.simulator.running import a_plan, a_simulator

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

WRONG = {"Authorization": "Bearer wrong"}
MINUTE = timedelta(minutes=1)


def attempts_of(store: Database, clock: Clock) -> Attempts:
    share = TrustedProxies().share
    return Attempts(store=store, clock=clock, key=b"a key", share=share, every=0)


async def fail(attempts: Attempts, times: int, door: Door = "token", who: str = "1.2.3.4") -> int:
    return [await attempts.failed(door, who) for _ in range(times)][-1]


async def test_a_door_closes_for_who_fails_too_often_and_for_nobody_else(
    store: Database, clock: Clock
) -> None:
    attempts = attempts_of(store, clock)
    assert await fail(attempts, LIMITS["token"] - 1) == 0
    assert await fail(attempts, 1) == 60
    assert await fail(attempts, 1) == 60
    assert await fail(attempts, 1, who="1.2.3.5") == 0
    assert await fail(attempts, 1, door="sign_in") == 0


async def test_all_processes_know_it(store: Database, clock: Clock) -> None:
    await fail(attempts_of(store, clock), LIMITS["token"])
    another = attempts_of(store, clock)
    assert another.waits("token", lambda: "1.2.3.4") == 0  # who is right asks nobody
    assert await fail(another, 1) == 60
    assert another.waits("token", lambda: "1.2.3.4") == 60


async def test_what_two_processes_count_is_one_sum(store: Database, clock: Clock) -> None:
    half = LIMITS["token"] // 2
    one, another = attempts_of(store, clock), attempts_of(store, clock)
    waits = [await each.failed("token", "1.2.3.4") for each in (one, another) for _ in range(half)]
    assert waits[-1] == 60


def closings(clock: Clock, times: int) -> list[timedelta]:
    known: Standing | None = None
    waited = []
    for _ in range(times):
        known = after(known, "token", LIMITS["token"], clock())
        assert known.closed_until is not None
        waited.append(known.closed_until - clock())
        clock.now += waited[-1]
    return waited


def test_each_time_is_twice_as_long_up_to_a_quarter_of_an_hour(clock: Clock) -> None:
    assert closings(clock, 6) == [MINUTE * n for n in (1, 2, 4, 8, 16, 16)]


def test_who_began_many_sign_ins_waits_until_these_are_over(clock: Clock) -> None:
    first = after(None, "begun", LIMITS["begun"], clock())
    assert first.closed_until == clock() + LASTS
    clock.now += LASTS
    second = after(first, "begun", LIMITS["begun"], clock())
    assert second.closed_until == clock() + 16 * MINUTE


async def test_strangers_leave_places_to_whoever_is_known(store: Database, clock: Clock) -> None:
    vault = Vault([b"a key"])

    def begin(connection: Connection, purpose: Purpose) -> None:
        sign_ins.begin(connection, vault, purpose, "/", clock())

    def fill(connection: Connection, number: int) -> None:
        filling = insert(table_of(SignInRow)).values(
            browser_hash="", purpose="sign_in", verifier=b"", target="/", ends_at=clock() + LASTS
        )
        known = connection.scalar(select(func.count()).select_from(table_of(SignInRow))) or 0
        rows = [{"state_hash": str(each)} for each in range(known, number)]
        connection.execute(filling, rows)

    await store.write(lambda c: fill(c, sign_ins.MOST_OF_STRANGERS))
    with pytest.raises(TooManySignIns):
        await store.write(lambda c: begin(c, "sign_in"))
    with pytest.raises(TooManySignIns):
        await store.write(lambda c: begin(c, "program"))
    await store.write(lambda c: begin(c, "consent"))
    await store.write(lambda c: begin(c, "setup"))
    await store.write(lambda c: fill(c, sign_ins.MOST))
    with pytest.raises(TooManySignIns):
        await store.write(lambda c: begin(c, "consent"))


def test_failures_far_apart_close_nothing(clock: Clock) -> None:
    known: Standing | None = None
    for _ in range(3 * LIMITS["token"]):
        known = after(known, "token", 1, clock())
        assert known.closed_until is None
        clock.now += WINDOW / (LIMITS["token"] - 1)


def test_failing_while_one_waits_makes_it_no_longer(clock: Clock) -> None:
    closed = after(None, "token", LIMITS["token"], clock())
    clock.now += MINUTE / 2
    assert after(closed, "token", 1000, clock()) == closed


def test_hours_later_all_is_forgotten(clock: Clock) -> None:
    closings(clock, 5)
    known = after(None, "token", LIMITS["token"], clock())
    clock.now += timedelta(hours=6)
    assert after(known, "token", 1, clock()).closings == 0


async def test_a_clock_that_was_wrong_closes_no_door_for_long(
    store: Database, clock: Clock
) -> None:
    attempts = attempts_of(store, clock)
    clock.now += timedelta(days=365)
    await fail(attempts, LIMITS["token"])
    clock.now += timedelta(days=-365)
    assert await fail(attempts, 1) == 0


async def test_no_address_can_be_read_from_the_table(store: Database, clock: Clock) -> None:
    await fail(attempts_of(store, clock), 1, who="203.0.113.77")
    rows = await store.read(lambda c: repr(c.execute(text("SELECT * FROM attempts")).all()))
    assert "token" in rows
    assert "203.0.113.77" not in rows


def test_a_subscriber_of_ipv6_is_one_however_many_addresses_they_have() -> None:
    share = TrustedProxies(parse_networks("10.0.0.0/8")).share
    assert share("2001:db8:0:1::1", []) == share("2001:db8:0:1:ffff::2", [])
    assert share("2001:db8:0:1::1", []) != share("2001:db8:0:2::1", [])
    told = [(b"x-forwarded-for", b"203.0.113.7")]
    assert share("10.1.2.3", told) == "203.0.113.7"
    assert share("198.51.100.4", told) == "198.51.100.4"  # of no proxy it is believed


@pytest.fixture
async def github(anyio_backend: str) -> AsyncIterator[Simulator]:
    assert anyio_backend
    async with a_simulator(a_plan()) as simulator:
        yield simulator


@pytest.fixture
async def service(database_url: str, github: Simulator) -> AsyncIterator[Client]:
    proxied = {"administrators": ADA, "trusted_proxies": "127.0.0.1"}
    async with a_service(database_url, github, **proxied) as client:
        yield client


@pytest.fixture
async def ada(service: Client, github: Simulator) -> AsyncIterator[Browser]:
    async with a_browser(service, github) as browser:
        await browser.sign_in(ADA)
        yield browser


def behind(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


async def test_whoever_has_what_is_right_is_not_locked_out_by_who_guesses(
    service: Client, ada: Browser
) -> None:
    """An attacker at the very address of somebody who is signed in, and has a program."""
    http, here, elsewhere = service.http, behind("203.0.113.7"), behind("203.0.113.8")
    program = Program(service, (await made(ada))["token"])
    answers = [await http.get("/api/me", headers=WRONG | here) for _ in range(LIMITS["token"])]
    assert {each.status_code for each in answers[:-1]} == {401}
    assert_problem(answers[-1], 429, "too_many_failures")
    assert answers[-1].headers["retry-after"] == "60"
    assert (await http.get("/api/me", headers=program.headers | here)).status_code == 200
    cookie = {"Cookie": f"{ada.cookie}={ada.secret}"}
    assert (await http.get("/api/me", headers=cookie | here)).status_code == 200
    # What people chose could be guessed: none is compared that comes from there.
    assert_problem(await http.get("/api/me", headers=BEARER | here), 429, "too_many_failures")
    assert (await http.get("/api/me", headers=BEARER | elsewhere)).status_code == 200
    delivery = await http.post(RECEIVER, content=b"{}", headers=here)
    assert delivery.status_code == 401  # it has limits of its own
    told = [str(each["action"]) for each in await events_of(service, "session")]
    assert sorted(told) == ["begun", "refused"]


async def test_sign_ins_are_begun_and_fail_so_often_and_no_more(service: Client) -> None:
    http: httpx2.AsyncClient = service.http
    here = behind("203.0.113.7")
    for _ in range(LIMITS["begun"] - 1):
        assert (await http.get(LOGIN, headers=here)).status_code == 302
    assert_problem(await http.get(LOGIN, headers=here), 429, "too_many_failures")
    assert (await http.get(LOGIN, headers=behind("203.0.113.8"))).status_code == 302
    callback = "/api/auth/callback?state=made-up&code=made-up"
    for _ in range(LIMITS["sign_in"] - 1):
        assert_problem(await http.get(callback, headers=here), 403, "sign_in_unknown")
    assert_problem(await http.get(callback, headers=here), 429, "too_many_failures")
