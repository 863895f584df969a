"""Every kind of action has its row: how it is looked for, how it is done, and as whom."""

from typing import get_args

from aggregates.actions import TRAITS
from events.catalogue import ActionKind
from reactions.executor.performing import PERFORMING


def test_every_kind_of_action_can_be_performed() -> None:
    assert set(PERFORMING) == set(get_args(ActionKind))


def test_what_github_takes_from_users_only_is_done_as_one() -> None:
    assert all(PERFORMING[kind].as_user for kind, traits in TRAITS.items() if traits.needs_user)
