"""Every noun contributes, and says all that merging and reading need to know of it."""

import pkgutil
from collections import Counter
from dataclasses import fields
from importlib import import_module
from types import ModuleType
from typing import Any, get_args

import pytest

from events import github
from events.catalogue import ObservedKind
from events.github import (
    Fact,
    agent_merge,
    answers,
    conflicts,
    failures,
    requirements,
    sessions,
    sub_issues,
)
from events.github.reading import Noun
from events.github.registry import NOUNS, OBSERVED, READERS, read_delivery
from simulator.payloads.deliveries import DELIVERIES
from tests.events.github.readings import read

MODULES = [
    import_module(f"events.github.{each.name}") for each in pkgutil.iter_modules(github.__path__)
]
FACTS = sorted(
    {
        kind
        for module in MODULES
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
    },
    key=lambda kind: kind.__name__,
)


def declared_in(module: ModuleType) -> list[type[Fact]]:
    return [kind for kind in FACTS if kind.__module__ == module.__name__]


@pytest.mark.parametrize("kind", FACTS)
def test_every_kind_of_fact_says_by_itself_what_it_merges_by(kind: type[Any]) -> None:
    key = kind.merge_key
    names = {field.name for field in fields(kind)}

    assert "merge_key" in vars(kind)
    assert set(key.identity) <= names
    assert set(key.optional) <= names
    assert all(hasattr(kind, name) for name in key.order)
    assert ("borrowed" in names) == bool(key.optional)
    assert ("uncertain" in names) == ("settled_at" in key.order) == key.doubtable
    assert not key.optional or {"updated_at"} <= names & set(key.order)


def test_facts_of_one_family_are_ordered_alike() -> None:
    keys = {kind.merge_key.family: kind.merge_key for kind in FACTS}
    assert all(keys[kind.merge_key.family] == kind.merge_key for kind in FACTS)


def test_every_kind_of_fact_may_be_had_from_the_package() -> None:
    assert {kind.__name__ for kind in FACTS} <= set(github.__all__)


@pytest.mark.parametrize("module", [each for each in MODULES if declared_in(each)], ids=str)
def test_every_noun_is_registered(module: ModuleType) -> None:
    if module.__name__ != "events.github.fact":
        assert module.NOUN in NOUNS


def test_no_event_and_no_object_is_read_by_two_nouns() -> None:
    assert len({id(noun) for noun in NOUNS}) == len(NOUNS)
    assert max(Counter(event for noun in NOUNS for event in noun.events).values()) == 1
    assert max(Counter(kind for noun in NOUNS for kind in noun.observed).values()) == 1
    assert all(isinstance(noun, Noun) for noun in NOUNS)


def test_every_object_that_is_asked_for_is_read_as_an_event_that_is() -> None:
    assert set(OBSERVED) == set(get_args(ObservedKind))
    asked = (agent_merge, answers, conflicts, failures, requirements, sessions, sub_issues)
    answered = {kind for noun in asked for kind in noun.NOUN.observed}
    for kind, observed in OBSERVED.items():
        if kind in answered:
            # What a webhook says is no answer to what we asked.
            assert not set(observed.readers) & {r for readers in READERS.values() for r in readers}
        else:
            assert set(observed.readers) <= set(READERS[observed.event])


@pytest.mark.parametrize("action", ["enqueued", "dequeued"])
def test_the_merge_queue_tells_no_more_than_a_pull_request_that_was_edited(action: str) -> None:
    build = DELIVERIES["pull_request"]

    assert read("pull_request", build(action)) == read_delivery(
        "pull_request", "edited", build(action)
    )


def test_a_merge_group_tells_of_its_repository_alone() -> None:
    reading = read("merge_group", {**DELIVERIES["merge_group"](), "merge_group": None})

    assert [type(fact).__name__ for fact in reading.facts] == ["RepositorySeen"]
    assert reading.problems == ()
