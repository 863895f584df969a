"""The GraphQL API: what is asked for is answered, in the shape in which it was asked."""

from collections.abc import AsyncIterator

import pytest

from simulator.graphql.language import Field, Fragment, SyntaxFault, read_document
from tests.simulator.builders import ROCKET
from tests.simulator.running import Client, a_client, a_plan, a_simulator

SUGGESTED = """
query Suggested($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    id
    suggestedActors(capabilities: [CAN_BE_ASSIGNED], first: 100) {
      nodes { login __typename ... on Bot { id databaseId } ...Person }
    }
  }
}
fragment Person on User { url }
"""
CLOSING = """
query ($number: Int = 2) {
  repository(owner: "orbit-works", name: "rocket") {
    pull: pullRequest(number: $number) {
      isDraft
      closingIssuesReferences(first: 10) { nodes { number repository { nameWithOwner } } }
    }
  }
}
"""


@pytest.fixture
async def client(anyio_backend: str) -> AsyncIterator[Client]:
    assert anyio_backend
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as one:
        rocket = simulator.repository(ROCKET)
        rocket.copilot_opens(rocket.issue(1))
        yield one


@pytest.mark.anyio
async def test_copilot_is_suggested_to_a_user_only(client: Client) -> None:
    owner, _, name = ROCKET.partition("/")
    answer = await client.graphql(SUGGESTED, owner=owner, name=name)
    actors = answer["data"]["repository"]["suggestedActors"]["nodes"]
    asked = {"query": SUGGESTED, "variables": {"owner": owner, "name": name}}
    by_bot = (await client.bot("POST", "/graphql", json=asked)).json()

    assert actors[0]["login"] == "copilot-swe-agent"
    assert actors[0].keys() == {"login", "__typename", "id", "databaseId"}
    assert actors[1].keys() == {"login", "__typename", "url"}
    logins = [each["login"] for each in by_bot["data"]["repository"]["suggestedActors"]["nodes"]]
    assert "copilot-swe-agent" not in logins


@pytest.mark.anyio
async def test_closing_issues_are_named(client: Client) -> None:
    answer = await client.graphql(CLOSING)
    assert answer == {
        "data": {
            "repository": {
                "pull": {
                    "isDraft": True,
                    "closingIssuesReferences": {
                        "nodes": [{"number": 1, "repository": {"nameWithOwner": ROCKET}}]
                    },
                }
            }
        }
    }


@pytest.mark.anyio
async def test_a_node_is_found_by_its_id(client: Client) -> None:
    pull = client.simulator.repository(ROCKET).pull_requests[0]
    query = (
        "query($id: ID!) { node(id: $id) { ... on PullRequest { number } ... on Issue { id } } }"
    )
    answer = await client.graphql(query, id=pull.snapshot()["node_id"])
    assert answer["data"] == {"node": {"number": 2}}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("{ viewer { shoeSize } }", "undefinedField"),
        ('{ node(id: "none") { id } }', "NOT_FOUND"),
        ('{ repository(owner: "no", name: "one") { id } }', "NOT_FOUND"),
        ("{ repository(owner: 1) { id } }", "missingRequiredArguments"),
        (
            'mutation { markPullRequestReadyForReview(input: {pullRequestId: "x"}) { id } }',
            "NOT_FOUND",
        ),
    ],
)
async def test_what_cannot_be_answered_is_an_error_with_status_200(
    client: Client, query: str, kind: str
) -> None:
    answer = await client.graphql(query)
    assert answer["data"] is None
    assert answer["errors"][0]["type"] == kind


def test_a_document_is_read_with_its_values() -> None:
    kind, [field] = read_document(
        'mutation($n: Int = 3) { a: b(x: {y: [1, -2], z: "q\\"r"}, n: $n, e: RED, t: true) }', {}
    )
    assert kind == "mutation"
    assert field == Field(
        "b", "a", {"x": {"y": [1, -2], "z": 'q"r'}, "n": 3, "e": "RED", "t": True}, []
    )


def test_fragments_may_come_after_their_use() -> None:
    _, [spread] = read_document("{ ...F } fragment F on T { a }", {})
    assert spread == Fragment(None, [Fragment("T", [Field("a", "a", {}, [])])])


@pytest.mark.parametrize("text", ["", "{", "subscription { x }", "{ a(b: ) ", "{ a { b }"])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(SyntaxFault):
        read_document(text, {})
