"""What a person does next, where something of Agent Merge, a session or a policy made it theirs."""

import json
from datetime import UTC, datetime

from events.catalogue import Json
from projections.references import GITHUB_COM
from projections.workflows.document import document_of
from projections.workflows.item import item_of
from projections.workflows.next_act import NextAct, next_act
from tests.aggregates.decisions.tales import Tale, policy
from tests.aggregates.decisions.test_failure_told import a_failing
from tests.aggregates.decisions.test_sessions import LINK, answers, drafted

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def act(tale: Tale) -> NextAct | None:
    document = document_of(tale.workflow(), tale.placement())
    row = {
        "document": json.dumps(document, default=str),
        "repository_id": 7,
        "issue_number": 1,
        "full_name": "acme/pump",
        "position": 9,
    }
    return next_act(item_of(row, NOW, 9, GITHUB_COM))


def stopped(state: str, link: str | None = LINK) -> Tale:
    tale = drafted()
    tale.minute += 1
    answers(tale, state, link=link)
    return tale


def mending_by_hand(**sections: dict[str, Json]) -> Tale:
    return Tale({**policy(**sections), "mend": "off"}, has_app=True)


def test_a_session_that_waits_is_answered_where_it_is_and_none_is_begun_in_its_place() -> None:
    assert act(stopped("waiting_for_user")) == NextAct(
        kind="answer", label="Answer it", html_url=LINK, command=None
    )


def test_one_that_failed_is_to_be_looked_at_before_it_is_retried() -> None:
    for state in ("failed", "timed_out", "cancelled"):
        found = act(stopped(state))
        assert found == NextAct(kind="retry", label="Retry", html_url=LINK, command="retry")


def test_without_a_link_it_is_at_the_pull_request() -> None:
    found = act(stopped("waiting_for_user", link=None))
    assert found is not None
    assert found.html_url == "https://github.com/acme/pump/pull/50"


def test_where_nobody_is_asked_to_mend_a_person_mends() -> None:
    mend = NextAct(
        kind="mend",
        label="Mend #50",
        html_url="https://github.com/acme/pump/pull/50",
        command=None,
    )
    assert act(a_failing(mending_by_hand())) == mend
    conflicting = a_failing(mending_by_hand(), "success")
    conflicting.can_merge(may=False)
    assert act(conflicting) == mend


def test_while_copilot_is_to_mend_nobody_is_to() -> None:
    assert act(a_failing(Tale(has_app=True))) is None
