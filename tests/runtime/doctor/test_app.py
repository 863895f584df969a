"""What the App may do and hears, held against what the code reads."""

from itertools import product

import pytest

from aggregates.surroundings import concerns_surroundings
from events.github.registry import READERS
from reactions.ports.answers import AppSetup
from reactions.ports.failures import GitHubFailure, NotFound, Unauthorised, Unavailable
from runtime.doctor import needs
from runtime.doctor.app import judge_app
from runtime.doctor.finding import Unasked, Unread
from runtime.doctor.needs import ALWAYS_HEARD, Event, Permission
from tests.projections.builders import a_delivery, placed
from tests.runtime.doctor.told import by_check, held, of

ALL = {each.name: each.level for each in needs.PERMISSIONS}  # the later level wins: write
EVENTS = tuple(each.name for each in needs.EVENTS)
GRANTED = AppSetup(7, "conductor", ALL, EVENTS)


def without(permission: Permission) -> AppSetup:
    lower = {"write": "read", "read": ""}[permission.level]
    return AppSetup(7, "conductor", ALL | {permission.name: lower}, EVENTS)


def test_exactly_what_is_read_is_subscribed_to() -> None:
    heard = {each.name for each in needs.EVENTS}
    of_everyone = {name for name in heard if concerns_surroundings(placed(a_delivery(name, {}), 1))}
    assert {"membership", "organization"} <= of_everyone
    assert heard | ALWAYS_HEARD == set(READERS) | of_everyone
    assert len(EVENTS) == len(set(EVENTS))
    assert not ALWAYS_HEARD & set(EVENTS)


def test_every_event_can_be_chosen_with_what_is_asked_for() -> None:
    for event in needs.EVENTS:
        [permission, *_] = [each for each in needs.PERMISSIONS if each.name == event.permission]
        assert permission.required or not event.required


def test_an_app_with_all_of_it_is_well() -> None:
    assert by_check(judge_app(GRANTED)) == {"App": ["ok"], "permissions": ["ok"], "events": ["ok"]}
    [app] = of(judge_app(GRANTED), "App")
    assert app.found == "conductor, number 7"


def test_more_than_is_needed_is_well() -> None:
    more = dict.fromkeys(ALL, "admin") | {"members": "write"}
    app = AppSetup(7, "conductor", more, (*EVENTS, "star"))
    assert by_check(judge_app(app))["permissions"] == ["ok"]


@pytest.mark.parametrize("permission", needs.PERMISSIONS, ids=str)
def test_each_permission_that_is_missing_is_told_with_what_it_is_for(
    permission: Permission,
) -> None:
    [finding] = of(judge_app(without(permission)), "permissions")
    assert finding.state == ("problem" if permission.required else "warning")
    assert f"{permission} ({permission.purpose})" in finding.found
    assert (permission.without in finding.found) is not permission.required


def test_each_that_is_not_required_is_a_line_of_its_own() -> None:
    required = {each.name: each.level for each in needs.PERMISSIONS if each.required}
    findings = of(judge_app(AppSetup(7, "conductor", required, EVENTS)), "permissions")
    optional = [each for each in needs.PERMISSIONS if not each.required]
    assert len(findings) == len(optional)
    assert {each.state for each in findings} == {"warning"}


@pytest.mark.parametrize("event", needs.EVENTS, ids=str)
def test_each_event_that_is_not_heard_is_told_with_what_it_tells(event: Event) -> None:
    heard = tuple(name for name in EVENTS if name != event.name)
    [finding] = of(judge_app(AppSetup(7, "conductor", ALL, heard)), "events")
    assert finding.state == ("problem" if event.required else "warning")
    assert f"{event} ({event.purpose})" in finding.found


def test_with_nothing_granted_only_what_is_required_is_told_first() -> None:
    findings = list(judge_app(AppSetup(7, "conductor", {}, ())))
    assert by_check(findings) == {"App": ["ok"], "permissions": ["problem"], "events": ["problem"]}
    assert "merge_group" not in of(findings, "events")[0].found


def test_no_app_is_to_be_considered() -> None:
    assert by_check(judge_app(None)) == {
        "App": ["warning"],
        "permissions": ["skipped"],
        "events": ["skipped"],
    }


@pytest.mark.parametrize(
    ("kind", "words"),
    list(product([Unauthorised, NotFound], ["Integration not found"])),
)
def test_credentials_that_github_does_not_take_are_told_apart_from_an_outage(
    kind: type[GitHubFailure], words: str
) -> None:
    refused, *_ = judge_app(Unread(words, failure=kind(words)))
    assert held(refused).state == "problem"
    assert "ORCHESTRATOR_GITHUB_PRIVATE_KEY" in refused.advice
    broken, *_ = judge_app(Unread(words, failure=Unavailable(words)))
    assert held(broken).state == "problem"
    assert "ORCHESTRATOR_GITHUB_PRIVATE_KEY" not in broken.advice


def test_an_app_that_was_not_asked_for_is_skipped() -> None:
    findings = judge_app(Unasked("GitHub was not asked", "run it without --offline"))
    assert by_check(findings) == {
        "App": ["skipped"],
        "permissions": ["skipped"],
        "events": ["skipped"],
    }
