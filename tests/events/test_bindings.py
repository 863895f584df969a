"""Whose deliveries a bound secret may sign: whoever is named is bound, and somebody is named."""

from typing import Any

import pytest

from events.signature import WebhookSecret, objection

ACME = WebhookSecret(name="acme", value=b"s", owners=frozenset({"acme"}))
FORTY_TWO = WebhookSecret(name="42", value=b"s", installations=frozenset({42}))
BOTH = WebhookSecret(
    name="both", value=b"s", owners=frozenset({"acme"}), installations=frozenset({42})
)
ANYBODY = WebhookSecret(name="anybody", value=b"s")


def repository(owner: str = "acme") -> dict[str, Any]:
    return {"id": 7, "full_name": f"{owner}/pump", "owner": {"login": owner}}


@pytest.mark.parametrize(
    ("secret", "payload"),
    [
        (ACME, {"repository": repository()}),
        (ACME, {"repository": repository("ACME")}),
        (ACME, {"repository": repository(), "organization": {"login": "acme"}}),
        (ACME, {"organization": {"login": "acme"}}),
        (FORTY_TWO, {"installation": {"id": 42}, "repository": repository("zoo")}),
        (FORTY_TWO, {"installation": {"id": 42}}),
        (BOTH, {"repository": repository()}),
        (BOTH, {"installation": {"id": 42, "account": {"login": "acme"}}}),
        (ANYBODY, {"repository": repository("zoo"), "installation": {"id": 1}}),
        (ANYBODY, {}),
    ],
)
def test_it_may_sign_for_those_that_it_is_bound_to(
    secret: WebhookSecret, payload: dict[str, Any]
) -> None:
    assert objection(secret, payload) is None


@pytest.mark.parametrize(
    ("secret", "payload"),
    [
        pytest.param(ACME, {"repository": repository("zoo")}, id="another's repository"),
        pytest.param(
            ACME,
            {"repository": repository() | {"full_name": "zoo/pump"}},
            id="the name is another's",
        ),
        pytest.param(
            ACME,
            {"repository": repository() | {"owner": {"login": "zoo"}}},
            id="the owner is another",
        ),
        pytest.param(ACME, {"repository": {"id": 7}}, id="a repository without an owner"),
        pytest.param(ACME, {"repository": repository() | {"owner": {"login": 5}}}, id="no login"),
        pytest.param(
            ACME,
            {"repository": repository(), "organization": {"login": "zoo"}},
            id="another organization",
        ),
        pytest.param(
            ACME,
            {"repository": repository(), "installation": {"id": 42}},
            id="an installation, where only owners are bound",
        ),
        pytest.param(ACME, {}, id="nobody at all"),
        pytest.param(ACME, {"sender": {"id": 1, "login": "acme"}}, id="a sender is no owner"),
        pytest.param(FORTY_TWO, {"installation": {"id": 43}}, id="another installation"),
        pytest.param(FORTY_TWO, {"repository": repository()}, id="no installation"),
        pytest.param(FORTY_TWO, {"installation": {"id": 42.0}}, id="a number that is no id"),
        pytest.param(
            WebhookSecret(name="1", value=b"s", installations=frozenset({1})),
            {"installation": {"id": True}},
            id="true is not 1",
        ),
        pytest.param(
            BOTH,
            {"installation": {"id": 42}, "repository": repository("zoo")},
            id="its installation, and another's repository",
        ),
        pytest.param(
            BOTH,
            {"installation": {"id": 42}, "repositories_added": [{"id": 7, "full_name": "zoo/p"}]},
            id="another's repository in a list",
        ),
        pytest.param(
            BOTH,
            {"installation": {"id": 42, "account": {"login": "zoo"}}},
            id="an installation at somebody else",
        ),
    ],
)
def test_it_may_not_sign_for_others(secret: WebhookSecret, payload: dict[str, Any]) -> None:
    why = objection(secret, payload)
    assert why is not None
    assert secret.name in why
