"""Where the App's webhook leads, and whether what GitHub sends arrives."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from api.app import create_app
from reactions.ports.answers import HookDelivery, HookSetup
from reactions.ports.failures import NotFound
from runtime.doctor.finding import Finding, Unasked, Unread
from runtime.doctor.hook import RECEIVER, judge_deliveries, judge_hook
from runtime.settings import Settings
from runtime.wiring import wire
from tests.gateway.watch import START
from tests.runtime.doctor.told import held

URL = f"https://orchestrator.example{RECEIVER}"


def a_hook(url: str = URL, *, has_secret: bool = True, verifies_tls: bool = True) -> HookSetup:
    return HookSetup(url, "json", has_secret, verifies_tls)


def deliveries(*codes: int | None) -> list[HookDelivery]:
    """Deliveries with these answers, the newest first; 202 is how ours answers."""
    return [
        HookDelivery(
            id=number,
            guid=str(number),
            delivered_at=START - timedelta(minutes=number),
            redelivery=False,
            status="OK" if code == 202 else "failed to connect to host" if code is None else "Nope",
            status_code=code,
            event="issues",
            action="opened",
            installation_id=77,
            repository_id=1,
        )
        for number, code in enumerate(codes)
    ]


def test_the_receiver_is_where_the_service_takes_deliveries(tmp_path: Path) -> None:
    process = wire(Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'log.db'}"), "web")
    asyncio.run(process.database.close())
    assert RECEIVER in create_app(process.services).openapi()["paths"]


@pytest.mark.parametrize(
    ("hook", "state", "words"),
    [
        (a_hook(), "ok", "leads to orchestrator.example"),
        (a_hook(f"{URL}/"), "ok", "leads to"),
        (a_hook(f"https://proxy.example/deep/down{RECEIVER}"), "ok", "leads to"),
        (a_hook(""), "problem", "has none"),
        (a_hook(has_secret=False), "problem", "no secret"),
        (a_hook("https://orchestrator.example"), "warning", "leads to /"),
        (a_hook("https://orchestrator.example/webhooks"), "warning", "leads to /webhooks"),
        (a_hook(verifies_tls=False), "warning", "certificate"),
        (a_hook(f"http://orchestrator.example{RECEIVER}", verifies_tls=False), "ok", "leads to"),
    ],
)
def test_how_the_webhook_is_set_up(hook: HookSetup, state: str, words: str) -> None:
    finding = held(judge_hook(hook))
    assert (finding.state, words in finding.found) == (state, True)


def test_the_query_of_its_url_is_not_told() -> None:
    finding = judge_hook(a_hook("https://anna:hunter2@host.example/x?key=hunter2"))
    assert "hunter2" not in finding.found + finding.advice


@pytest.mark.parametrize(
    ("codes", "state", "found", "advice"),
    [
        ((), "ok", "none", ""),
        ((202, 202), "ok", "the last 2 arrived", ""),
        ((202, 401, 202), "warning", "1 of the last 3 failed", "redeliver"),
        ((401, 202), "problem", "401 Nope; 1 of the last 2", "ORCHESTRATOR_WEBHOOK_SECRET"),
        ((404,), "problem", "404", RECEIVER),
        ((502,), "problem", "502", "running"),
        ((503, 503), "problem", "2 of the last 2", "database"),
        ((418,), "problem", "418", "reach the service from outside"),
        ((None,), "problem", "failed to connect", "reach the service from outside"),
    ],
)
def test_whether_the_newest_arrived(
    codes: tuple[int | None, ...], state: str, found: str, advice: str
) -> None:
    finding = held(judge_deliveries(deliveries(*codes)))
    assert finding.state == state
    assert found in finding.found
    assert advice in finding.advice


@pytest.mark.parametrize("judge", [judge_hook, judge_deliveries])
def test_what_was_not_read_is_told(judge: object) -> None:
    assert callable(judge)
    assert held(judge(Unread("no"))).state == "problem"
    assert held(judge(Unasked("no", "see above"))).state == "skipped"


@pytest.mark.parametrize("judge", [judge_hook, judge_deliveries])
def test_a_404_is_said_in_words_that_help(judge: Callable[[Unread], Finding]) -> None:
    absent = NotFound("Not Found", status=404)
    finding = held(judge(Unread(str(absent), failure=absent)))
    assert (finding.state, "404" in finding.found) == ("warning", True)
    assert "Not Found" not in finding.found
    assert "try again" not in finding.advice
