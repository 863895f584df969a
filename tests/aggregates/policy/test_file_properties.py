"""Whatever a file's text is, reading it gives a document or says what is wrong."""

from hypothesis import example, given
from hypothesis import strategies as st

from aggregates.policy import Policy, PolicyReading, canonical, read_policy
from aggregates.policy.reference import EXAMPLE
from events.catalogue import Json, PolicyChanged
from tests.aggregates.policy.documents import as_yaml, documents

FILE = EXAMPLE.split("```yaml\n")[1].split("```")[0]
PIECES = (
    *(
        "&a ",
        "*a",
        "!!str ",
        "! ",
        "%YAML 1.1\n",
        "%TAG ! x\n",
        "---",
        "...",
        "- ",
        "? ",
        ": ",
        "<<: ",
    ),
    *("[", "]", "{", "}", ",", "'", '"', "|", ">", "#", "@", "`", "~", "\n", "\t", " ", "\r", "\0"),
    *('"\\U0011ffff"', '"\\Uffffffff"', '"\\ud800"', "\ud800", "\ufeff", "\u2028", "\x85", "\\"),
    *("1e999", ".inf", "0o7", "9" * 5000, "{{", "}}", "{issue.x}", "x" * 300, "mode: live\n"),
)


def assert_sound(reading: PolicyReading, text: str) -> None:
    assert (reading.document is None) == bool(reading.problems)
    changed = PolicyChanged(
        layer="repository",
        origin="a file",
        content="",
        document=reading.document,
        problems=reading.problems,
    )
    assert PolicyChanged.model_validate_json(changed.model_dump_json()) == changed
    if reading.document:
        Policy.model_validate_json(canonical(reading.document))
        assert len(text) > 1


@st.composite
def mangled_files(draw: st.DrawFn) -> str:
    text = FILE
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        text = text[:start] + draw(st.sampled_from(PIECES) | st.text(max_size=3)) + text[end:]
    return text


@given(st.text() | st.text(st.sampled_from(" \n\t-:?[]{}&*!|>'\"%@`#,\\aux0~.=<"), max_size=80))
@example('"\\U00110000"')
@example("\ud800")
def test_no_text_makes_reading_raise(text: str) -> None:
    assert_sound(read_policy(text), text)


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_no_pile_of_punctuation_makes_reading_raise(text: str) -> None:
    assert_sound(read_policy(text), text)


@given(mangled_files())
def test_no_damage_to_a_file_makes_reading_raise(text: str) -> None:
    assert_sound(read_policy(text), text)


@given(documents())
def test_a_valid_document_is_always_read_as_it_was_written(document: dict[str, Json]) -> None:
    assert read_policy(as_yaml(document)) == PolicyReading(document=document)
