"""The link that lets one browser set a server up: once, for an hour, while nobody administers."""

from asyncio import gather
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from people import administrators, kept_app, sessions
from people.administrators import Named
from people.ports import Account, AppCredentials
from people.sessions import Session
from people.setting_up import LASTS, LinkRefused, SettingUp
from people.vault import NotOpened, Vault, VaultMissing
from runtime.database import Database

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
TOKEN, VAULT = "the admin token", Vault([b"a key"])
ADA, MONA = Account(7, "ada-bright"), Account(8, "mona-maintains")
APP = AppCredentials(
    app_id=3,
    slug="conductor",
    client_id="Iv23",
    html_url="https://github.com/apps/conductor",
    private_key="the key",
    client_secret="the client's",
    webhook_secret="the hook's",
)


class Links:
    """Set-up by a clock that is told to go on."""

    def __init__(self, store: Database, named: str = "") -> None:
        self.now = NOW
        self.setting_up = SettingUp(
            store=store,
            named=Named.read(named),
            vault=VAULT,
            admin_tokens=[TOKEN, ""],
            clock=lambda: self.now,
        )

    async def made(self) -> str:
        link = await self.setting_up.new_link()
        assert link is not None
        return link

    async def refused(self, code: str) -> bool:
        try:
            await self.setting_up.spend(code)
        except LinkRefused:
            return True
        return False


async def test_one_browser_has_it_for_an_hour(store: Database) -> None:
    links = Links(store)
    browser = await links.setting_up.spend(await links.made())
    assert await links.setting_up.is_by(browser)
    assert not await links.setting_up.is_by("another")
    links.now += LASTS
    assert not await links.setting_up.is_by(browser)


async def test_a_link_is_good_once_for_an_hour_and_until_the_next(store: Database) -> None:
    links = Links(store)
    first = await links.made()
    second = await links.made()
    assert await links.refused(first)
    await links.setting_up.spend(second)
    assert await links.refused(second)
    third = await links.made()
    links.now += LASTS
    assert await links.refused(third)
    for guess in ("", "x", "x" * 10_000, third[:-1], "\ud800"):
        assert await links.refused(guess)


@pytest.mark.parametrize("named", ["ada-bright", "7"])
async def test_there_is_none_where_a_setting_names_somebody(store: Database, named: str) -> None:
    links = Links(store, named)
    assert not await links.setting_up.is_open()
    assert await links.setting_up.new_link() is None


async def test_whoever_comes_first_ends_it_for_all(store: Database) -> None:
    links, late = Links(store), Links(store)
    open_link, browser = await late.made(), ""
    browser = await links.setting_up.spend(open_link)
    waiting = await late.made()
    assert await store.write(lambda c: administrators.name_first(c, ADA, Named(), NOW))
    assert not await store.write(lambda c: administrators.name_first(c, MONA, Named(), NOW))
    assert not await store.read(lambda c: administrators.known(c, 8, Named()))
    assert await store.read(lambda c: administrators.known(c, 7, Named()))
    assert not await links.setting_up.is_by(browser)
    assert await links.refused(waiting)


async def test_who_was_named_by_a_setting_once_may_set_it_up(store: Database) -> None:
    await store.write(lambda c: administrators.name(c, ADA, "setting", NOW))
    assert await Links(store).setting_up.is_open()
    assert await store.write(lambda c: administrators.name_first(c, ADA, Named(), NOW))


def an_admins(number: int = 1, token: str = TOKEN) -> Session:
    return Session(
        id=UUID(int=number),
        user_id=None,
        login=None,
        agent="",
        made_with=VAULT.marks(token)[0],
        began_at=NOW,
        began_behind=0,
        used_at=NOW,
        ends_at=NOW + timedelta(days=30),
    )


async def test_a_session_of_the_admin_token_is_somebody(store: Database) -> None:
    """A database that knew the admin token only goes on as it was, and may be set up besides."""
    links = Links(store)
    assert await links.setting_up.is_open()
    await store.write(lambda c: sessions.begin(c, "secret", an_admins()))
    assert not await links.setting_up.is_open()
    await store.write(lambda c: sessions.end(c, [an_admins().id]))
    assert await links.setting_up.is_open()


async def test_a_session_of_a_token_that_was_rotated_away_is_nobody(store: Database) -> None:
    links = Links(store)
    await store.write(lambda c: sessions.begin(c, "old", an_admins(1, "an older one")))
    await store.write(lambda c: sessions.begin(c, "none", an_admins(2, "")))
    assert await links.setting_up.is_open()
    assert not await links.setting_up.name_first(ADA, None, "old")


async def test_a_link_that_was_stolen_names_nobody_once_set_up_was_closed(store: Database) -> None:
    links = Links(store)
    browser = await links.setting_up.spend(await links.made())
    await store.write(lambda c: sessions.begin(c, "the admin's", an_admins()))
    for link, session in ((browser, None), (browser, "another"), ("x", None), (None, "x" * 999)):
        assert not await links.setting_up.name_first(ADA, link, session)
    assert await links.setting_up.name_first(ADA, None, "the admin's")
    assert not await links.setting_up.name_first(MONA, browser, "the admin's")


async def test_of_two_who_set_up_at_once_one_is_named(store: Database) -> None:
    links = Links(store)
    browsers = [await links.setting_up.spend(await links.made()) for _ in range(2)]
    named = await gather(
        *(
            links.setting_up.name_first(account, browser, None)
            for account, browser in zip((ADA, MONA), browsers, strict=True)
        )
    )
    assert sorted(named) == [False, True]


async def test_a_link_names_nobody_when_its_hour_is_over(store: Database) -> None:
    links = Links(store)
    browser = await links.setting_up.spend(await links.made())
    links.now += LASTS
    assert not await links.setting_up.name_first(ADA, browser, None)


async def test_an_app_is_kept_sealed_and_its_version_tells_of_another(store: Database) -> None:
    vault = Vault([b"a key"])
    assert await store.read(kept_app.version) == 0
    assert await store.read(lambda c: kept_app.find(c, vault)) is None
    await store.write(lambda c: kept_app.keep(c, vault, APP, NOW))
    assert await store.read(lambda c: kept_app.find(c, vault)) == APP
    await store.write(lambda c: kept_app.keep(c, vault, APP, NOW))
    assert await store.read(kept_app.version) == 2


async def test_keys_are_rotated_and_one_that_is_gone_is_told(store: Database) -> None:
    old, both, new = Vault([b"old"]), Vault([b"new", b"old"]), Vault([b"new"])
    await store.write(lambda c: kept_app.keep(c, old, APP, NOW))
    with pytest.raises(NotOpened, match="ORCHESTRATOR_SECRET_KEY"):
        await store.read(lambda c: kept_app.find(c, new))
    await store.write(lambda c: kept_app.seal_anew(c, both))
    assert await store.read(lambda c: kept_app.find(c, new)) == APP
    assert await store.read(kept_app.version) == 1
    with pytest.raises(VaultMissing):
        await store.write(lambda c: kept_app.keep(c, Vault([]), APP, NOW))
