import inspect
import json
from hashlib import sha256

import pytest

from simulator import delivery, payloads
from simulator.payloads import (
    INSTALLATION_ID,
    ZEROS,
    Payload,
    a_label,
    a_pull_request,
    a_push,
    a_repository,
    a_review,
    a_user,
    an_installation,
    an_issue,
    copilot_agent,
    copilot_reviewer,
    deliveries,
    written_by,
)
from simulator.payloads.deliveries import DELIVERIES

BUILDERS = [
    build
    for name, build in inspect.getmembers(payloads, inspect.isfunction)
    if name.startswith(("a_", "an_", "copilot_")) and name not in {"an_id", "a_sha"}
]
WITHOUT_ACTION = {"push", "status", "ping"}


def containers(node: object) -> list[int]:
    if isinstance(node, dict):
        return [id(node), *[i for child in node.values() for i in containers(child)]]
    return (
        [id(node), *[i for child in node for i in containers(child)]]
        if isinstance(node, list)
        else []
    )


@pytest.mark.parametrize("build", [*BUILDERS, *DELIVERIES.values()])
def test_every_call_builds_the_same_and_shares_nothing(build: object) -> None:
    assert callable(build)
    one, other = build(), build()

    assert one == other
    ids = containers(one) + containers(other)
    assert len(set(ids)) == len(ids)
    assert json.loads(json.dumps(one)) == one


@pytest.mark.parametrize("event", DELIVERIES)
def test_every_delivery_has_a_sender_and_an_action_where_its_event_has_actions(event: str) -> None:
    payload = DELIVERIES[event]()

    assert payload["sender"]["login"] == "ada-bright"
    assert ("action" in payload) is (event not in WITHOUT_ACTION)


@pytest.mark.parametrize(
    ("event", "smallest", "largest"),
    [
        ("issues", 8_000, 14_000),
        ("issue_comment", 9_000, 16_000),
        ("pull_request", 20_000, 30_000),
        ("pull_request_review", 20_000, 30_000),
        ("check_run", 8_000, 16_000),
        ("push", 6_000, 12_000),
    ],
)
def test_deliveries_are_as_large_as_real_ones(event: str, smallest: int, largest: int) -> None:
    size = len(json.dumps(DELIVERIES[event](), separators=(",", ":")))

    assert smallest <= size <= largest


@pytest.mark.parametrize("event", DELIVERIES)
def test_any_field_of_a_delivery_may_be_overridden(event: str) -> None:
    payload = DELIVERIES[event](sender=copilot_agent(), wholly_new=[1])

    assert payload["sender"] == copilot_agent()
    assert payload["wholly_new"] == [1]


def test_copilot_has_github_s_ids() -> None:
    assert (copilot_agent()["id"], copilot_agent()["type"]) == (198982749, "Bot")
    assert (copilot_reviewer()["id"], copilot_reviewer()["type"]) == (175728472, "Bot")
    assert copilot_agent(login="copilot-swe-agent[bot]")["id"] == 198982749


def test_what_is_written_by_someone_of_a_kind_says_so() -> None:
    by_visitor = a_review("approved", **written_by("visitor"))
    by_ghost = a_review("approved", **written_by("ghost"))
    by_reader = a_review("approved", **written_by("reader", "MEMBER"))

    assert (by_visitor["user"]["login"], by_visitor["author_association"]) == ("vic-visits", "NONE")
    assert (by_ghost["user"], by_ghost["author_association"]) == (None, "NONE")
    assert by_reader["author_association"] == "MEMBER"
    assert a_review(**written_by("bot"))["user"]["type"] == "Bot"


def test_a_built_thing_does_not_change_what_it_was_built_from() -> None:
    repository = a_repository()
    pull = a_pull_request(repository=repository)

    pull["base"]["repo"]["topics"].append("changed")

    assert repository == a_repository()
    assert pull["head"]["repo"]["topics"] == repository["topics"]


def test_an_issue_carries_labels_and_assignees() -> None:
    issue = an_issue(3, labels=["bug", "status:queued"], assignees=[copilot_agent()])

    assert [label["name"] for label in issue["labels"]] == ["bug", "status:queued"]
    assert issue["assignee"] == issue["assignees"][0] == copilot_agent()
    assert issue["url"].endswith("/repos/orbit-works/rocket/issues/3")
    assert issue["id"] != an_issue(4)["id"]


@pytest.mark.parametrize(
    ("payload", "key", "value"),
    [
        (deliveries.issues("labeled", issue=an_issue(labels=["a"])), "label", a_label("a")),
        (deliveries.issues("assigned"), "assignee", copilot_agent()),
        (
            deliveries.pull_request("review_requested"),
            "requested_reviewer",
            a_user("grace-keen"),
        ),
        (
            deliveries.pull_request("synchronize"),
            "after",
            a_pull_request()["head"]["sha"],
        ),
        (deliveries.merge_group("destroyed"), "reason", "merged"),
    ],
)
def test_an_action_brings_what_it_changed(payload: Payload, key: str, value: object) -> None:
    assert payload[key] == value


@pytest.mark.parametrize("event", ["pull_request_review", "pull_request_review_comment"])
def test_reviews_embed_a_pull_request_without_its_flags(event: str) -> None:
    embedded = DELIVERIES[event]()["pull_request"]

    assert "merged" not in embedded
    assert "mergeable" not in embedded
    assert "merged_at" in embedded


def test_a_push_shows_some_times_in_seconds() -> None:
    repository = deliveries.push()["repository"]

    assert repository["pushed_at"] == 1_793_610_300
    assert isinstance(repository["created_at"], int)
    assert isinstance(repository["updated_at"], str)


def test_a_push_of_zeros_deletes_the_ref() -> None:
    push = a_push(after=ZEROS)

    assert push["deleted"]
    assert push["head_commit"] is None


def test_an_installation_lists_repositories_briefly() -> None:
    payload = deliveries.installation(repositories=[a_repository("o/a")])

    assert set(payload["repositories"][0]) == {"id", "node_id", "name", "full_name", "private"}
    assert payload["installation"]["id"] == an_installation()["id"] == INSTALLATION_ID


def test_the_signature_is_the_one_that_github_documents() -> None:
    signature = delivery.sign(b"Hello, World!", "It's a Secret to Everybody")

    assert signature == ("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
    assert signature != delivery.sign(b"Hello, World", "It's a Secret to Everybody")


def test_the_headers_are_github_s() -> None:
    guid = "72d3162e-cc78-11e3-81ab-4c9367dc0958"

    sent = delivery.headers("issues", guid, b"{}", "s3cret")

    assert sent["X-GitHub-Event"] == "issues"
    assert sent["X-GitHub-Delivery"] == guid
    assert sent["X-Hub-Signature-256"] == delivery.sign(b"{}", "s3cret")
    assert sent["User-Agent"].startswith("GitHub-Hookshot/")
    assert sent["Content-Type"] == "application/json"
    assert sent["X-GitHub-Hook-Installation-Target-Type"] == "integration"
    assert "X-Hub-Signature-256" not in delivery.headers("issues", guid, b"{}", None)


def test_ids_follow_from_names_and_nothing_else() -> None:
    assert payloads.an_id("a", 1) == int.from_bytes(sha256(b"a\n1").digest()[:5])
    assert payloads.an_id("a", 1) != payloads.an_id("a", 2)
