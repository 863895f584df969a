"""A request becomes an event, and the event gives its payload back."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.delivery import delivered, delivered_json, delivery_event
from events.envelope import Event, NewEvent
from events.errors import DeliveryRefused, MalformedDelivery, UnsupportedMediaType
from events.payload import FORM, JSON
from tests.events.builders import an_event

GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
BODY = b'{"action":"opened","repository":{"id":7}}'


def headers(**overrides: str | None) -> dict[str, str]:
    """Headers as GitHub sends them; None leaves one out."""
    sent: dict[str, str | None] = {
        "x-github-event": "issues",
        "x-github-delivery": GUID,
        "content-type": JSON,
    }
    sent |= {name.replace("_", "-"): value for name, value in overrides.items()}
    return {name: value for name, value in sent.items() if value is not None}


def stored(event: NewEvent) -> Event:
    """The event as the log gives it back."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Event(**asdict(event), position=1, recorded_at=now, payload_sha256="", hash="")


def test_a_delivery_becomes_an_event_of_githubs() -> None:
    event = delivery_event(headers(), BODY)
    assert (event.source, event.type, event.action) == ("github", "issues", "opened")
    assert (event.id, event.repository_id) == (UUID(GUID), 7)
    assert (event.schema_version, event.causation_id, event.correlation_id) == (None,) * 3


def test_the_payload_is_the_body_that_was_signed_and_not_a_copy_of_its_meaning() -> None:
    body = '\ufeff{ "b":1.0 ,"a":"\\u00fc ü","a":"\\ud800" }\n'.encode()
    assert delivery_event(headers(), body).payload.encode() == body


def test_a_forms_payload_is_the_form() -> None:
    body = urlencode({"payload": BODY.decode()}).encode()
    event = delivery_event(headers(content_type=FORM), body)
    assert event.payload.encode() == body
    assert delivered_json(stored(event)).encode() == BODY
    assert delivered(stored(event)) == delivered(stored(delivery_event(headers(), BODY)))


def test_the_delivery_id_is_the_same_in_upper_case() -> None:
    event = delivery_event(headers(x_github_delivery=GUID.upper()), BODY)
    assert str(event.id) == GUID


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"x_github_event": None}, "event_header_missing"),
        ({"x_github_event": ""}, "event_header_missing"),
        ({"x_github_event": "issues\n"}, "event_header_invalid"),
        ({"x_github_event": "is-sues"}, "event_header_invalid"),
        ({"x_github_event": "ïssues"}, "event_header_invalid"),
        ({"x_github_event": "x" * 101}, "event_header_invalid"),
        ({"x_github_delivery": None}, "delivery_header_missing"),
        ({"x_github_delivery": ""}, "delivery_header_missing"),
        ({"x_github_delivery": GUID.replace("-", "")}, "delivery_header_invalid"),
        ({"x_github_delivery": "{" + GUID + "}"}, "delivery_header_invalid"),
        ({"x_github_delivery": "urn:uuid:" + GUID}, "delivery_header_invalid"),
        ({"x_github_delivery": GUID + "\n"}, "delivery_header_invalid"),
        ({"x_github_delivery": "not-a-uuid"}, "delivery_header_invalid"),
    ],
)
def test_a_header_that_is_wrong_is_named_by_its_code(
    changed: dict[str, str | None], code: str
) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        delivery_event(headers(**changed), BODY)
    assert caught.value.code == code


@pytest.mark.parametrize("content_type", [None, "", "text/plain"])
def test_another_content_type_is_refused(content_type: str | None) -> None:
    with pytest.raises(UnsupportedMediaType):
        delivery_event(headers(content_type=content_type), BODY)


@pytest.mark.parametrize("name", ["push", "pull_request_review_comment", "x" * 100, "A_new_1"])
def test_every_name_that_github_may_give_an_event_is_taken(name: str) -> None:
    assert delivery_event(headers(x_github_event=name), BODY).type == name


@pytest.mark.parametrize("action", [None, 7, ["opened"], "x" * 101, "öffnen", "a\0b", "a\nb"])
def test_an_action_that_is_none_is_null_and_no_refusal(action: object) -> None:
    assert delivery_event(headers(), json.dumps({"action": action}).encode()).action is None


def test_only_the_headers_worth_keeping_are_kept() -> None:
    sent = headers(
        x_github_hook_id="1",
        x_github_hook_installation_target_type="repository",
        x_github_hook_installation_target_id="2",
        user_agent="GitHub-Hookshot/" + "x" * 300,
        x_hub_signature_256="sha256=…",
        cookie="private",
    )
    assert json.loads(delivery_event(sent, BODY).headers) == {
        "content_type": JSON,
        "hook_id": "1",
        "installation_target_type": "repository",
        "installation_target_id": "2",
        "user_agent": ("GitHub-Hookshot/" + "x" * 300)[:255],
    }


def test_our_own_events_are_given_back_as_they_are() -> None:
    own = stored(an_event(source="orchestrator", headers="{}", payload='{"a":1}'))
    assert delivered_json(own) == '{"a":1}'


@given(
    st.dictionaries(st.sampled_from(sorted(headers())), st.text(max_size=40)),
    st.binary() | st.just(BODY) | st.just(b"payload=%7B%7D"),
    st.sampled_from([JSON, FORM, "text/plain"]),
)
def test_a_request_is_refused_or_its_payload_can_be_read_back(
    changed: dict[str, str], body: bytes, content_type: str
) -> None:
    try:
        event = delivery_event(headers(content_type=content_type) | changed, body)
    except DeliveryRefused:
        return
    assert event.payload.encode() == body
    assert isinstance(delivered(stored(event)), dict)
