"""A policy file as bytes: whatever they are, they can be read, told of, and kept in the log."""

from hypothesis import given
from hypothesis import strategies as st

from aggregates.policy import read_policy, read_policy_file
from aggregates.policy.file import MAX_BYTES
from events.catalogue import Json, PolicyChanged
from events.catalogue.policies import MAX_CONTENT
from tests.aggregates.policy.documents import as_yaml, documents


@given(document=documents())
def test_a_file_in_utf_8_says_what_its_text_says(document: dict[str, Json]) -> None:
    text = as_yaml(document)
    file = read_policy_file(text.encode())
    assert (file.text, file.reading) == (text, read_policy(text))
    assert not file.reading.problems


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_become_an_event_of_the_log(content: bytes) -> None:
    file = read_policy_file(content)
    event = PolicyChanged(
        layer="server",
        origin="policy.yml",
        content=file.text,
        document=file.reading.document,
        problems=file.reading.problems,
    )
    assert PolicyChanged.model_validate_json(event.model_dump_json()) == event


def test_bytes_that_are_no_text_are_told_of() -> None:
    file = read_policy_file(b"mode: \xff")
    assert file.text == "mode: \ufffd"
    assert [problem.message for problem in file.reading.problems] == ["expected text in UTF-8"]


def test_of_a_file_that_is_too_long_the_log_keeps_the_beginning() -> None:
    for content in (b"#" * (MAX_CONTENT + 1), "\U0001f600".encode() * (MAX_BYTES // 4 + 1)):
        file = read_policy_file(content)
        assert len(file.text) == MAX_CONTENT
        assert [problem.path for problem in file.reading.problems] == [""]
