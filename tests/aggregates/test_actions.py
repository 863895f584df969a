"""Every kind of action has its row: who may do it, what it is about, what shows it to be done."""

from typing import get_args

from aggregates.actions import TRAITS
from events.catalogue import ActionKind


def test_every_kind_of_action_has_its_traits() -> None:
    assert set(TRAITS) == set(get_args(ActionKind))


def test_what_only_tells_needs_no_user_and_is_of_no_head() -> None:
    """Telling must go on where nobody may act, and after the head moved."""
    telling = [traits for traits in TRAITS.values() if traits.only_tells]
    assert telling
    assert not any(traits.needs_user or traits.of_a_head for traits in telling)
