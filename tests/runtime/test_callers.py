"""Who a request is from: the peer, or whom a trusted proxy names."""

import pytest

from runtime.callers import TrustedProxies, parse_networks, share_of

PROXY, OTHER_PROXY = "10.0.0.1", "10.9.9.9"
CALLER, ANOTHER = "203.0.113.7", "198.51.100.2"
PROXIES = TrustedProxies(parse_networks("10.0.0.0/8, ::1"))


def caller(*headers: tuple[str, str]) -> str | None:
    return PROXIES.caller(PROXY, [(name.encode(), value.encode()) for name, value in headers])


@pytest.mark.parametrize("text", ["", " , ", "10.0.0.1", "10.0.0.0/8,2001:db8::/32 , ::1"])
def test_networks_are_separated_by_commas(text: str) -> None:
    assert len(parse_networks(text)) == sum(bool(part.strip()) for part in text.split(","))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("proxy.example", "proxy.example is no address and no network"),
        ("10.0.0.0/8,*", r"\* is no address"),
        ("10.0.0.0/40", "10.0.0.0/40 is no address"),
        ("10.1.2.3/8", "10.1.2.3/8 has bits beyond its network; is 10.0.0.0/8 meant?"),
        ("x" * 9000, "^x{50} is no address"),
    ],
)
def test_what_is_no_network_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_networks(text)


@pytest.mark.parametrize("peer", [PROXY, OTHER_PROXY, "::1", "::ffff:10.0.0.1"])
def test_a_proxy_is_trusted_over_either_protocol(peer: str) -> None:
    assert PROXIES.trusts(peer)


@pytest.mark.parametrize("peer", [CALLER, "::2", "", "nonsense", None])
def test_nobody_else_is(peer: str | None) -> None:
    assert not PROXIES.trusts(peer)
    assert not TrustedProxies().trusts(peer)


@pytest.mark.parametrize(
    "header",
    [
        ("x-forwarded-for", CALLER),
        ("x-forwarded-for", f"{ANOTHER}, {CALLER}"),
        ("x-forwarded-for", f"{ANOTHER},{CALLER}, {OTHER_PROXY} ,{PROXY}"),
        ("x-forwarded-for", f"nonsense, {CALLER}:1234"),
        ("forwarded", f"for={CALLER}"),
        ("forwarded", f'by={PROXY};For="{CALLER}:80";proto=https'),
        ("forwarded", f"for={ANOTHER}, for={CALLER};host=here, for={OTHER_PROXY}"),
    ],
)
def test_the_last_address_that_is_no_proxys_counts(header: tuple[str, str]) -> None:
    assert caller(header) == CALLER


def test_what_a_caller_wrote_in_a_header_of_his_own_does_not_count() -> None:
    first = ("x-forwarded-for", ANOTHER)
    assert caller(first, ("x-forwarded-for", CALLER)) == CALLER
    assert caller(("x-forwarded-for", CALLER), ("forwarded", f"for={CALLER}")) == CALLER
    assert caller(("x-forwarded-for", CALLER), ("forwarded", f"for={ANOTHER}")) == PROXY


@pytest.mark.parametrize(
    "header",
    [
        ("x-forwarded-for", "unknown"),
        ("x-forwarded-for", ""),
        ("x-forwarded-for", f"{CALLER}, "),
        ("forwarded", "for=_hidden"),
        ("forwarded", f"by={CALLER}"),
        ("forwarded", f"for={CALLER}, host=here"),
    ],
)
def test_where_it_wrote_no_address_it_is_the_proxy(header: tuple[str, str]) -> None:
    assert caller(header) == PROXY


def test_one_that_names_nobody_speaks_for_itself() -> None:
    assert caller(("host", "here")) is None


def test_an_ipv6_network_has_one_share_as_an_ipv4_address_has() -> None:
    assert share_of("2001:db8:1:2::1") == share_of("2001:db8:1:2:ffff::9")
    assert share_of("2001:db8:1:2::1") != share_of("2001:db8:1:3::1")
    assert share_of("::ffff:203.0.113.7") == share_of(CALLER)
    assert share_of(CALLER) != share_of(ANOTHER)
