import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.policy import TemplateError, fields_of, render

PLAIN = st.text(st.characters(exclude_characters="{}"))


def test_fields_are_replaced_by_their_values() -> None:
    assert render("{a} and {b_2}, {a}", {"a": "x", "b_2": "y"}) == "x and y, x"


def test_double_braces_are_braces() -> None:
    assert render("{{a}} {{{a}}} }}{{", {"a": "x"}) == "{a} {x} }{"
    assert fields_of("{{a}} {{{b}}}") == {"b"}


def test_braces_in_a_value_mean_nothing() -> None:
    assert render("{a}{b}", {"a": "{b}{{", "b": "x"}) == "{b}{{x"


def test_a_value_that_no_field_asks_for_is_left_out() -> None:
    assert render("{a}", {"a": "x", "b": "y"}) == "x"


def test_a_field_without_a_value_is_named() -> None:
    with pytest.raises(TemplateError, match=r"no value for the field \{b\}"):
        render("{a}{b}", {"a": "x"})


@pytest.mark.parametrize(
    "template",
    [
        "{a.b}",
        "{a[0]}",
        "{a!r}",
        "{a:>10}",
        "{a.__class__}",
        "{}",
        "{0}",
        "{ a}",
        "{A}",
        "{a\n}",
        "{a-b}",
        "{é}",
    ],
)
def test_only_a_plain_name_is_a_field(template: str) -> None:
    with pytest.raises(TemplateError, match="only a plain name"):
        fields_of(template)
    with pytest.raises(TemplateError):
        render(template, {"a": "x", "A": "x", "0": "x", "": "x", " a": "x"})


@pytest.mark.parametrize(
    ("template", "at"), [("{", 1), ("ab}", 3), ("{a", 1), ("{{a}", 4), ("{a{b}}", 1), ("}", 1)]
)
def test_a_single_brace_is_found(template: str, at: int) -> None:
    with pytest.raises(TemplateError, match=f"at character {at}:"):
        fields_of(template)


def test_an_error_repeats_no_more_than_an_excerpt() -> None:
    with pytest.raises(TemplateError) as refused:
        fields_of("{" + "secret " * 1000 + "}")
    assert len(str(refused.value)) < 100


@given(PLAIN)
def test_text_without_braces_is_always_itself(text: str) -> None:
    assert render(text, {}) == text


@given(st.text())
def test_text_with_its_braces_doubled_is_always_itself(text: str) -> None:
    assert render(text.replace("{", "{{").replace("}", "}}"), {}) == text


@given(st.text("{}ab .[]!:", max_size=30), st.text())
def test_a_template_renders_if_its_fields_can_be_told_and_never_else(
    template: str, value: str
) -> None:
    try:
        fields = fields_of(template)
    except TemplateError:
        with pytest.raises(TemplateError):
            render(template, {"a": value, "b": value, "ab": value})
    else:
        same = template.format(**dict.fromkeys(fields, value))
        assert render(template, dict.fromkeys(fields, value)) == same
