"""An error is described by its type and where it arose, never by what it was about."""

from hypothesis import given
from hypothesis import strategies as st

from events.errors import described


def looking_up(wanted: str) -> str:
    found: dict[str, str] = {}
    return found[wanted]


def caught(wanted: str) -> Exception:
    try:
        looking_up(wanted)
    except KeyError as error:
        return error
    raise AssertionError("it was found")


@given(st.text(min_size=1))
def test_its_text_is_never_told(secret: str) -> None:
    assert described(caught(secret)) == "KeyError at looking_up"


def test_an_error_that_was_never_raised_arose_nowhere() -> None:
    assert described(ValueError("what it was about")) == "ValueError"
