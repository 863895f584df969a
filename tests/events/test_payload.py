"""Reading a delivery's text, whatever stands in it."""

import json
from urllib.parse import parse_qs, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import DeliveryRefused, MalformedDelivery, UnsupportedMediaType
from events.payload import FORM, JSON, json_text, media_type, parse, text_of

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=()))  # lone surrogates and NUL included
)
KEYS = st.text(st.characters(exclude_categories=()), max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)
MEDIA = st.sampled_from([JSON, FORM])
NEARLY = st.sampled_from(
    [
        b'{"a":',
        b'{"a":1}',
        b"[[[",
        b"}",
        b"payload=",
        b"&",
        b"%00",
        b"%ff",
        b"\\ud800",
        b'"',
        b"1e9",
    ]
)
BODIES = st.binary() | st.lists(NEARLY | st.binary(max_size=3), max_size=8).map(b"".join)


def nested(depth: int, inside: str = "1") -> str:
    """An object with arrays in it, ``depth`` levels in all, the innermost value included."""
    return '{"a":' + "[" * (depth - 2) + inside + "]" * (depth - 2) + "}"


def read(body: bytes, media: str = JSON) -> object:
    return parse(json_text(text_of(body), media))


@pytest.mark.parametrize(
    "header",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        " application/json ",
    ],
)
def test_json_is_known_by_its_media_type(header: str) -> None:
    assert media_type(header) == JSON


def test_a_form_is_known_by_its_media_type() -> None:
    assert media_type("application/x-www-form-urlencoded; charset=UTF-8") == FORM


@pytest.mark.parametrize("header", ["", ";", "text/plain", "application/jsonp", "text/json"])
def test_any_other_media_type_is_refused(header: str) -> None:
    with pytest.raises(UnsupportedMediaType) as caught:
        media_type(header)
    assert caught.value.code == "media_type_unsupported"


def test_a_form_carries_its_json_in_one_field() -> None:
    body = urlencode({"other": "x", "payload": '{"a":"ü & ="}'}).encode()
    assert read(body, FORM) == {"a": "ü & ="}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"payload=", id="an empty field"),
        pytest.param(b"other=%7B%7D", id="no such field"),
        pytest.param(b"payload=%7B%7D&payload=%7B%7D", id="two of it"),
        pytest.param(b"payload=%ff", id="not UTF-8 once decoded"),
        pytest.param(b"payload=%7B%7D" + b"&a=1" * 20, id="too many fields"),
    ],
)
def test_a_form_without_exactly_one_payload_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        read(body, FORM)
    assert caught.value.code == "body_not_form"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a":"\xff"}', "body_not_utf8"),
        (b'{"a":"\xed\xa0\x80"}', "body_not_utf8"),  # a surrogate, encoded
        (b'{"a":"\x00"}', "body_not_json"),
        (b"{}\x00", "body_not_json"),
        (b"", "body_not_json"),
        (b"{", "body_not_json"),
        (b"{'a':1}", "body_not_json"),
        (b'{"a":1}{}', "body_not_json"),
        (b'{"a":NaN}', "body_not_json"),
        (b'{"a":Infinity}', "body_not_json"),
        (b'{"a":-Infinity}', "body_not_json"),
        (b'\xef\xbb\xbf\xef\xbb\xbf{"a":1}', "body_not_json"),  # two byte order marks
        (b"[]", "body_not_object"),
        (b"null", "body_not_object"),
        (b'"text"', "body_not_object"),
        (b"7", "body_not_object"),
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        read(body)
    assert caught.value.code == code


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


def test_integers_of_64_bits_are_exact() -> None:
    bounds = [2**63 - 1, -(2**63), 2**64 - 1]
    assert parse(json.dumps({"a": bounds})) == {"a": bounds}
    assert parse(json.dumps({"a": bounds, "b": "\ud800"}))["a"] == bounds


@pytest.mark.parametrize("digits", ["9" * 25, "-" + "9" * 25, "9" * 400, "9" * 10_000])
def test_an_integer_far_beyond_passes_and_is_none(digits: str) -> None:
    for surrogate in ("", r',"b":"\ud800"'):
        value = parse(f'{{"a":{digits}{surrogate}}}')["a"]
        assert value is None or isinstance(value, float)


@pytest.mark.parametrize("digits", ["1e400", "-1e400", "9" * 400 + ".5"])
def test_a_number_beyond_all_floats_passes_and_is_null(digits: str) -> None:
    assert parse(f'{{"a":{digits}}}') == {"a": None}


def test_a_lone_surrogate_passes() -> None:
    assert parse(r'{"a":"x\ud800y","\udfff":1}') == {"a": "x\ud800y", "\udfff": 1}


def test_an_escaped_nul_passes() -> None:
    assert parse(r'{"a":"\u0000"}') == {"a": "\0"}


def test_the_last_of_two_equal_keys_wins_for_both_parsers() -> None:
    assert parse('{"a":1,"a":2}') == {"a": 2}
    assert parse(r'{"a":1,"a":2,"b":"\ud800"}')["a"] == 2


@pytest.mark.parametrize("inside", ["1", r'"\ud800"'])
def test_500_levels_pass_with_either_parser(inside: str) -> None:
    assert "a" in parse(nested(500, inside))


def test_the_lenient_parser_takes_no_more_levels_than_that() -> None:
    with pytest.raises(MalformedDelivery, match="nested deeper than 500 levels"):
        parse(nested(501, r'"\ud800"'))


@pytest.mark.parametrize("inside", ["1", r'"\ud800"'])
@pytest.mark.parametrize("depth", [1_100, 5_000, 200_000])
def test_no_parser_takes_any_depth(inside: str, depth: int) -> None:
    with pytest.raises(MalformedDelivery, match="not JSON"):
        parse(nested(depth, inside))


def test_deep_objects_are_refused_like_deep_arrays() -> None:
    for depth in (2_000, 100_000):
        with pytest.raises(MalformedDelivery):
            parse('{"a":' * depth + "1" + "}" * depth)


@given(OBJECTS)
def test_every_object_that_python_writes_is_read(content: dict[str, object]) -> None:
    for body in (json.dumps(content).encode(), json.dumps(content, indent=1).encode()):
        assert isinstance(read(body), dict)
        assert read(b"payload=" + quote_plus(body).encode(), FORM) == read(body)


@given(st.dictionaries(st.text(max_size=5), st.text() | st.integers(-(2**63), 2**63 - 1)))
def test_what_is_read_is_what_was_written(content: dict[str, object]) -> None:
    assert read(json.dumps(content).encode()) == content
    assert read(json.dumps(content | {"extra": "\ud800"}).encode()) == content | {"extra": "\ud800"}


@given(BODIES, MEDIA)
def test_no_bytes_raise_anything_but_a_refusal(body: bytes, media: str) -> None:
    try:
        assert isinstance(read(body, media), dict)
    except DeliveryRefused as refused:
        assert refused.code.startswith("body_not_")  # noqa: PT017 (either outcome is right)


@given(text=st.text(alphabet="a=%+&41f \n\r_é漢", max_size=40), quoted=st.booleans())
def test_a_form_is_decoded_as_the_standard_library_does(text: str, *, quoted: bool) -> None:
    value = quote_plus(text) if quoted else text.replace("&", "")
    try:
        [expected] = parse_qs(f"payload={value}", errors="strict")["payload"]
    except (KeyError, ValueError):
        with pytest.raises(MalformedDelivery):
            json_text(f"payload={value}", FORM)
    else:
        assert json_text(f"payload={value}", FORM) == expected
