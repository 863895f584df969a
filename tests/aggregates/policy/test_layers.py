"""The policy that holds is the built-in one, overlaid leaf by leaf, and says what is whose."""

import json

import pytest
from hypothesis import given

from aggregates.policy import Policy, canonical, effective
from aggregates.policy.leaves import leaves, value_at
from events.catalogue import Json
from tests.aggregates.policy.documents import documents, flat

LAYERS = ("server", "installation", "repository")


def as_json(policy: Policy, path: str) -> object:
    """A leaf's value as a document would say it."""
    value = value_at(policy, path)
    return list(value) if isinstance(value, tuple) else value


def shuffled(document: dict[str, Json]) -> dict[str, Json]:
    return {
        name: dict(reversed(value.items())) if isinstance(value, dict) else value
        for name, value in reversed(document.items())
    }


def test_without_layers_everything_is_built_in() -> None:
    held = effective("", "", "")
    assert held.policy == Policy()
    assert held.origins == dict.fromkeys(leaves(), "built-in")


def test_a_stronger_layer_replaces_only_what_it_says() -> None:
    held = effective(
        canonical({"mode": "live", "ci": {"max_attempts": 1, "settle_seconds": 5}}),
        canonical({"ci": {"max_attempts": 2}, "review": {"approvals": 2}}),
        canonical({"mode": "off"}),
    )
    assert held.policy.mode == "off"
    assert (held.policy.ci.max_attempts, held.policy.ci.settle_seconds) == (2, 5)
    assert held.policy.review.approvals == 2
    assert {path: layer for path, layer in held.origins.items() if layer != "built-in"} == {
        "mode": "repository",
        "ci.max_attempts": "installation",
        "ci.settle_seconds": "server",
        "review.approvals": "installation",
    }


def test_a_list_is_replaced_whole() -> None:
    held = effective(
        canonical({"queue": {"priority_labels": ["a", "b"]}}),
        "",
        canonical({"queue": {"priority_labels": []}}),
    )
    assert held.policy.queue.priority_labels == ()
    assert held.origins["queue.priority_labels"] == "repository"


def test_a_layer_that_says_the_same_as_a_weaker_one_is_still_its_origin() -> None:
    held = effective("", "", canonical({"mode": "shadow"}))
    assert held.policy == Policy()
    assert held.origins["mode"] == "repository"


def test_null_is_a_value_like_any_other() -> None:
    held = effective(
        canonical({"watchdog": {"no_progress_minutes": 5}}),
        canonical({"watchdog": {"no_progress_minutes": None}}),
        "",
    )
    assert held.policy.watchdog.no_progress_minutes is None
    assert held.origins["watchdog.no_progress_minutes"] == "installation"


@pytest.mark.parametrize(
    "document",
    [
        {"ci": {"max_attempts": 21}},
        {"ci": {"max_attempts": "3"}},
        {"ci": {"required": ["a", "a"]}},
        {"ci": {"gone": 1}},
        {"ci": 7},
        {"ci": None},
        {"gone": {"max_attempts": 1}},
        {"mode": "auto"},
        {"mode": {"max_attempts": 1}},
        {"ci.max_attempts": 9},
        {"copilot": {"model": "\ud800"}},
        {"prompts": {"fix_ci": "{gone}"}},
    ],
)
def test_what_no_longer_fits_falls_back_to_the_weaker_layer(document: dict[str, Json]) -> None:
    server = canonical({"mode": "live", "ci": {"max_attempts": 4}})
    held = effective(server, "", canonical({"review": {"approvals": 2}, **document}))
    assert (held.policy.mode, held.policy.ci.max_attempts) == ("live", 4)
    assert held.policy.review.approvals == 2
    assert {path for path, layer in held.origins.items() if layer == "repository"} == {
        "review.approvals"
    }


@pytest.mark.parametrize("text", ["[]", "7", '"mode"', "null", "{}"])
def test_a_layer_that_is_no_mapping_says_nothing(text: str) -> None:
    assert effective("", "", text).policy == Policy()


def test_the_same_layers_are_worked_out_once() -> None:
    layer = canonical({"mode": "live"})
    assert effective("", layer, "") is effective("", layer, "")
    assert effective.cache_parameters()["maxsize"] == 512


def test_what_is_shared_cannot_be_changed() -> None:
    held = effective("", "", "")
    with pytest.raises(TypeError):
        held.origins["mode"] = "server"  # type: ignore[index]  # that is what is tried here


@given(documents(), documents(), documents())
def test_the_later_layer_always_wins_and_is_named(
    server: dict[str, Json], installation: dict[str, Json], repository: dict[str, Json]
) -> None:
    layers = (server, installation, repository)
    held = effective(*(canonical(layer) for layer in layers))
    said = [flat(layer) for layer in layers]
    assert held.origins.keys() == leaves().keys()
    for path in leaves():
        saying = [n for n, layer in enumerate(said) if path in layer]
        wanted = said[saying[-1]][path] if saying else as_json(Policy(), path)
        assert as_json(held.policy, path) == wanted
        assert held.origins[path] == (LAYERS[saying[-1]] if saying else "built-in")


@given(documents())
def test_canonical_text_is_the_same_in_whatever_order_the_keys_come(
    document: dict[str, Json],
) -> None:
    assert canonical(document) == canonical(shuffled(document))
    assert json.loads(canonical(document) or "{}") == document


def test_canonical_text_is_compact_and_empty_for_nothing() -> None:
    assert canonical({}) == ""
    assert canonical({"b": {"d": 1, "c": [True, None]}, "a": "é"}) == (
        '{"a":"\\u00e9","b":{"c":[true,null],"d":1}}'
    )
