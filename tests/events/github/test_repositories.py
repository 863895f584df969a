from datetime import UTC, datetime

import pytest

from events.github import (
    AuthorizationRevoked,
    InstallationSeen,
    RepositoryConnected,
    RepositoryDeleted,
    RepositoryDisconnected,
    RepositorySeen,
)
from simulator.payloads import INSTALLATION_ID, a_repository, a_user, an_installation, deliveries
from simulator.payloads.deliveries import DELIVERIES, OUTSIDE_REPOSITORIES
from tests.events.github.readings import UNREAD, fact_of, facts_of, read

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("event", sorted(set(DELIVERIES) - OUTSIDE_REPOSITORIES - UNREAD))
def test_every_delivery_with_a_whole_repository_shows_it(event: str) -> None:
    repository = a_repository("orbit-works/lander", archived=True)

    seen = fact_of(RepositorySeen, event, DELIVERIES[event](repository=repository))

    assert seen == RepositorySeen(
        repository_id=repository["id"],
        full_name="orbit-works/lander",
        owner_login="orbit-works",
        private=True,
        archived=True,
        default_branch="main",
        installation_id=INSTALLATION_ID,
        updated_at=NINE,
    )


def test_a_repository_without_its_fields_is_no_snapshot_and_no_problem() -> None:
    payload = deliveries.issues()
    payload["repository"] = {"id": 7, "full_name": "a/b"}

    reading = read("issues", payload)

    assert [type(fact).__name__ for fact in reading.facts] == ["IssueSeen"]
    assert reading.problems == ()


def test_a_delivery_of_a_repository_s_own_webhook_names_no_installation() -> None:
    payload = deliveries.ping()
    del payload["installation"]

    assert fact_of(RepositorySeen, "ping", payload).installation_id is None


def test_a_deleted_repository_is_gone_for_good() -> None:
    repository = a_repository()

    deleted = fact_of(
        RepositoryDeleted, "repository", deliveries.repository("deleted", repository=repository)
    )

    assert deleted.repository_id == repository["id"]
    assert deleted.at == NINE
    assert not facts_of(RepositoryDeleted, "repository", deliveries.repository("renamed"))


def test_a_new_installation_connects_the_repositories_that_it_lists() -> None:
    payload = deliveries.installation(repositories=[a_repository("o/a"), a_repository("o/b")])

    connected = facts_of(RepositoryConnected, "installation", payload)

    assert [fact.full_name for fact in connected] == ["o/a", "o/b"]
    assert {fact.installation_id for fact in connected} == {INSTALLATION_ID}
    assert {fact.at for fact in connected} == {NINE}


def test_a_deleted_installation_disconnects_them() -> None:
    payload = deliveries.installation("deleted")

    assert fact_of(InstallationSeen, "installation", payload).deleted
    assert (
        fact_of(RepositoryDisconnected, "installation", payload).full_name == "orbit-works/rocket"
    )


@pytest.mark.parametrize("suspended_at", [None, "2026-11-02T09:30:00Z"])
def test_an_installation_is_seen_whole(suspended_at: str | None) -> None:
    payload = deliveries.installation(
        "suspend", installation=an_installation(suspended_at=suspended_at)
    )

    seen = fact_of(InstallationSeen, "installation", payload)

    assert seen.suspended is (suspended_at is not None)
    assert seen.account_login == "orbit-works"
    assert seen.account_type == "Organization"
    assert seen.repository_selection == "selected"
    assert seen.updated_at == NINE
    assert not facts_of(RepositoryConnected, "installation", payload)


def test_an_installation_that_does_not_mention_suspension_has_no_value_for_it() -> None:
    payload = deliveries.installation_repositories()
    del payload["installation"]["suspended_at"]

    assert fact_of(InstallationSeen, "installation_repositories", payload).suspended is None


@pytest.mark.parametrize(
    ("action", "kind"), [("added", RepositoryConnected), ("removed", RepositoryDisconnected)]
)
def test_repositories_come_and_go(
    action: str, kind: type[RepositoryConnected | RepositoryDisconnected]
) -> None:
    payload = deliveries.installation_repositories(action)

    facts = read("installation_repositories", payload).facts

    assert [type(fact) for fact in facts] == [InstallationSeen, kind]


def test_a_listed_repository_that_cannot_be_read_does_not_hide_the_others() -> None:
    payload = deliveries.installation_repositories(
        repositories=[a_repository("o/a"), a_repository("o/b")]
    )
    payload["repositories_added"][0]["id"] = "7"

    reading = read("installation_repositories", payload)

    connected = [fact for fact in reading.facts if isinstance(fact, RepositoryConnected)]
    assert [fact.full_name for fact in connected] == ["o/b"]
    assert [problem.path for problem in reading.problems] == ["$.repositories_added[].id"]


def test_a_person_revokes_the_authorisation() -> None:
    payload = deliveries.github_app_authorization(sender=a_user("ada-bright"))

    revoked = fact_of(AuthorizationRevoked, "github_app_authorization", payload)

    assert revoked == AuthorizationRevoked(user_id=a_user("ada-bright")["id"], login="ada-bright")
