"""People let the App act as them: the page, the code, the pair of tokens, and its end."""

import base64
from collections.abc import AsyncIterator
from hashlib import sha256
from urllib.parse import parse_qsl

import httpx2
import pytest

from simulator.http.troubles import failing, lost, slow
from simulator.state.accounts import ACTING_USER, OWNER, REVIEWER
from tests.simulator.browsing import form_of, led_to, press
from tests.simulator.running import Client, a_client, a_plan, a_simulator

pytestmark = pytest.mark.anyio

AUTHORIZE, TOKEN = "/login/oauth/authorize", "/login/oauth/access_token"
CALLBACK = "http://127.0.0.1:8765/api/auth/callback"
VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
JSON = {"accept": "application/json"}
WRONG_CODE = "bad_verification_code"


@pytest.fixture
async def client(anyio_backend: str) -> AsyncIterator[Client]:
    assert anyio_backend
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as one:
        yield one


async def asked(client: Client, **changed: str) -> httpx2.Response:
    usual = {
        "client_id": client.simulator.client_id,
        "redirect_uri": CALLBACK,
        "state": "s t&te",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return await client.http.get(AUTHORIZE, params=usual | changed)


async def a_code(client: Client, **changed: str) -> str:
    answer = await press(client.http, await asked(client, **changed), "authorize")
    return led_to(answer)[1]["code"]


async def exchanged(client: Client, **told: str) -> dict[str, object]:
    """What the App is told for a code or a refresh token."""
    answer = await client.http.post(TOKEN, data=the_client(client) | told, headers=JSON)
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def a_pair(client: Client, login: str = "ravi-reviews") -> tuple[str, str]:
    code = await a_code(client, login=login)
    told = await exchanged(client, code=code, code_verifier=VERIFIER)
    return str(told["access_token"]), str(told["refresh_token"])


def the_client(client: Client) -> dict[str, str]:
    simulator = client.simulator
    return {"client_id": simulator.client_id, "client_secret": simulator.client_secret}


async def status_of(client: Client, token: str) -> int:
    return (await client.send("GET", "/user", token)).status_code


async def test_whoever_signs_in_chooses_who_to_be(client: Client) -> None:
    page = await asked(client, login="Rita-Reads")
    form = form_of(page)
    assert {"ada-bright", "mona-maintains", "rita-reads"} <= set(form.choices["user"])
    assert "renovate[bot]" not in form.choices["user"]
    assert form.fields["user"] == "rita-reads"
    assert "<script" not in page.text

    there, told = led_to(await press(client.http, page, "authorize", user="ravi-reviews"))
    assert (there, told["state"]) == (CALLBACK, "s t&te")
    pair = await exchanged(client, code=told["code"], code_verifier=VERIFIER, redirect_uri=CALLBACK)
    me = await client.send("GET", "/user", str(pair["access_token"]))
    assert me.json()["login"] == "ravi-reviews"


async def test_whoever_does_not_want_to_is_led_back_too(client: Client) -> None:
    there, told = led_to(await press(client.http, await asked(client), "cancel"))
    assert (there, told["error"], told["state"]) == (CALLBACK, "access_denied", "s t&te")
    assert "denied" in told["error_description"]
    assert "code" not in told


async def test_only_the_apps_own_addresses_are_led_to(client: Client) -> None:
    client.simulator.app.callback_urls += ("https://conductor.example/in",)
    fine = ("https://conductor.example/in", "http://localhost:1/api/auth/callback")
    wrong = (
        "https://conductor.example/in?next=x",
        "https://conductor.example:8443/in",
        "https://conductor.example/in/deeper",
        "http://127.0.0.1:8765/elsewhere",
        "http://127.0.0.1.example:80/api/auth/callback",
        "http://me@127.0.0.1:80/api/auth/callback",
        "https://127.0.0.1:8765/api/auth/callback",
        "http://127.0.0.1:port/api/auth/callback",
    )
    assert {(await asked(client, redirect_uri=each)).status_code for each in fine} == {200}
    for each in wrong:
        answer = await asked(client, redirect_uri=each)
        assert (answer.status_code, "location" in answer.headers) == (400, False), each
        assert "redirect_uri_mismatch" in answer.text
        forced = await client.http.post(
            AUTHORIZE, data=the_client(client) | {"redirect_uri": each, "user": "ravi-reviews"}
        )
        assert forced.status_code == 400
    assert (await asked(client, client_id="Iv1.other")).status_code == 404
    assert (await asked(client, code_challenge_method="plain")).status_code == 400


async def test_a_pair_is_told_as_github_tells_it(client: Client) -> None:
    code = {"code": await a_code(client), "code_verifier": VERIFIER}
    plain = await client.http.post(TOKEN, data=the_client(client) | code)

    assert plain.headers["content-type"].startswith("application/x-www-form-urlencoded")
    told = dict(parse_qsl(plain.text, keep_blank_values=True))
    assert (told["access_token"][:4], told["refresh_token"][:4]) == ("ghu_", "ghr_")
    assert (told["expires_in"], told["refresh_token_expires_in"]) == ("28800", "15897600")
    assert (told["scope"], told["token_type"]) == ("", "bearer")


async def test_a_code_holds_once_for_a_while_and_for_who_asked(client: Client) -> None:
    code = await a_code(client)
    assert (await exchanged(client, code=code, code_verifier="x"))["error"] == WRONG_CODE
    assert (await exchanged(client, code=code, code_verifier=VERIFIER))["error"] == WRONG_CODE

    code = await a_code(client)
    without = await exchanged(client, code=code)
    assert without["error"] == WRONG_CODE

    code = await a_code(client)
    elsewhere = await exchanged(
        client, code=code, code_verifier=VERIFIER, redirect_uri="http://127.0.0.1:1/"
    )
    assert elsewhere["error"] == "redirect_uri_mismatch"

    client.simulator.lifetimes.code = 0
    late = await a_code(client)
    assert (await exchanged(client, code=late, code_verifier=VERIFIER))["error"] == WRONG_CODE


async def test_an_app_that_cannot_prove_itself_learns_nothing(client: Client) -> None:
    told = await exchanged(client, client_secret="other", code=await a_code(client))
    assert told["error"] == "incorrect_client_credentials"
    assert (await exchanged(client, grant_type="password"))["error"] == "unsupported_grant_type"
    assert str(told["error_uri"]).endswith("#incorrect-client-credentials")


async def test_a_refreshed_pair_takes_the_place_of_the_old_one(client: Client) -> None:
    access, refresh = await a_pair(client)
    next_pair = await exchanged(client, grant_type="refresh_token", refresh_token=refresh)

    assert await status_of(client, access) == 401
    assert await status_of(client, str(next_pair["access_token"])) == 200
    again = await exchanged(client, grant_type="refresh_token", refresh_token=refresh)
    assert again["error"] == "bad_refresh_token"
    assert await status_of(client, str(next_pair["access_token"])) == 200


async def test_tokens_end_by_themselves(client: Client) -> None:
    client.simulator.lifetimes.access = 0
    access, refresh = await a_pair(client)
    assert await status_of(client, access) == 401

    client.simulator.lifetimes.refresh = 0
    told = await exchanged(client, grant_type="refresh_token", refresh_token=refresh)
    assert told["refresh_token_expires_in"] == 0
    ended = await exchanged(
        client, grant_type="refresh_token", refresh_token=str(told["refresh_token"])
    )
    assert ended["error"] == "bad_refresh_token"


async def test_an_answer_may_be_lost_after_the_pair_was_exchanged(client: Client) -> None:
    _, refresh = await a_pair(client)
    client.simulator.troubles.order(lost(), method="POST", path=TOKEN)
    with pytest.raises(httpx2.TransportError):
        await exchanged(client, grant_type="refresh_token", refresh_token=refresh)

    again = await exchanged(client, grant_type="refresh_token", refresh_token=refresh)
    assert again["error"] == "bad_refresh_token"


async def test_exchanges_fail_in_passing_and_may_be_slow(client: Client) -> None:
    _, refresh = await a_pair(client)
    told = the_client(client) | {"grant_type": "refresh_token", "refresh_token": refresh}
    for status in (500, 503):
        client.simulator.troubles.order(failing(status), path=TOKEN)
        assert (await client.http.post(TOKEN, data=told)).status_code == status
    client.simulator.troubles.order(slow(5), path=TOKEN)
    with pytest.raises(httpx2.TimeoutException):
        await client.http.post(TOKEN, data=told, timeout=0.1)


async def test_the_app_gives_a_token_back(client: Client) -> None:
    access, refresh = await a_pair(client)
    other, _ = await a_pair(client)
    path = f"/applications/{client.simulator.client_id}/token"
    secret = (client.simulator.client_id, client.simulator.client_secret)
    body = {"access_token": access}

    anonymous = await client.http.request("DELETE", path, json=body)
    wrong = await client.http.request("DELETE", path, json=body, auth=(secret[0], "other"))
    gone = await client.http.request("DELETE", path, json=body, auth=secret)
    again = await client.http.request("DELETE", path, json=body, auth=secret)

    statuses = [each.status_code for each in (anonymous, wrong, gone, again)]
    assert (statuses, gone.content) == ([401, 401, 204, 422], b"")
    assert [await status_of(client, each) for each in (access, other)] == [401, 200]
    told = await exchanged(client, grant_type="refresh_token", refresh_token=refresh)
    assert told["error"] == "bad_refresh_token"


@pytest.mark.parametrize("how", ["the App", "the person"])
async def test_nothing_of_a_revoked_authorisation_holds(client: Client, how: str) -> None:
    access, refresh = await a_pair(client)
    code = await a_code(client, login="ravi-reviews")
    others, _ = await a_pair(client, ACTING_USER["login"])
    if how == "the person":
        client.simulator.revoke_user(REVIEWER)
    else:
        path = f"/applications/{client.simulator.client_id}/grant"
        auth = (client.simulator.client_id, client.simulator.client_secret)
        answer = await client.http.request("DELETE", path, json={"access_token": access}, auth=auth)
        assert answer.status_code == 204

    assert [await status_of(client, each) for each in (access, others)] == [401, 200]
    told = await exchanged(client, grant_type="refresh_token", refresh_token=refresh)
    assert told["error"] == "bad_refresh_token"
    assert (await exchanged(client, code=code, code_verifier=VERIFIER))["error"] == WRONG_CODE
    happened = client.simulator.happenings[-1]
    assert (happened.event, happened.action) == ("github_app_authorization", "revoked")
    assert happened.sender["login"] == REVIEWER["login"]


async def test_whose_account_is_gone_is_nobody_to_be(client: Client) -> None:
    client.simulator.delete_account(OWNER)
    assert "ada-bright" not in form_of(await asked(client)).choices["user"]
