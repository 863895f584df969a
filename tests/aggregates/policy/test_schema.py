"""The published schema says the same of a file as reading it does."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given

from aggregates.policy import policy_schema, read_policy
from aggregates.policy.leaves import leaves, sections
from aggregates.policy.schema import schema_at
from events.catalogue import Json
from tests.aggregates.policy.conformity import conforms
from tests.aggregates.policy.documents import as_yaml, documents, odd_documents

SCHEMA: dict[str, Any] = policy_schema()


def parts(schema: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  (any JSON)
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from parts(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from parts(inner)


@given(documents())
def test_it_always_takes_what_reading_takes(document: dict[str, Json]) -> None:
    assert read_policy(as_yaml(document)).problems == ()
    assert conforms(document, SCHEMA)


@given(odd_documents())
def test_it_takes_a_document_if_reading_does_and_never_else(document: dict[str, Json]) -> None:
    assert conforms(document, SCHEMA) == (read_policy(as_yaml(document)).document is not None)


def test_it_has_the_dialect_and_an_id_that_moves_with_the_file() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"] == "policy.schema.json"


def test_every_key_is_optional_and_no_other_is_allowed() -> None:
    assert not any("required" in part for part in [SCHEMA, *SCHEMA["properties"].values()])
    wrong: tuple[Json, ...] = ({"gone": 1}, {"ci": {"gone": 1}}, {"ci": 1}, {"ci": None}, [])
    assert not any(conforms(document, SCHEMA) for document in wrong)
    assert conforms({}, SCHEMA)
    assert conforms({name: {} for name in sections()}, SCHEMA)


def test_every_key_has_its_description_and_default() -> None:
    for path, field in leaves().items():
        schema = schema_at(path)
        assert schema["description"] == field.description
        assert conforms(schema["default"], {**schema, "default": None}), path


def test_it_refers_to_nothing_outside_itself() -> None:
    assert not any("$ref" in part or "$defs" in part for part in parts(SCHEMA))


def test_it_is_made_anew_each_time() -> None:
    assert policy_schema() == policy_schema()
    policy_schema().clear()
    assert policy_schema() == SCHEMA
