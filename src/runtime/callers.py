"""Whose a connection or a request is: the peer's, or whoever a trusted proxy says it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address
Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

_SUBSCRIBER = 64  # bits of an IPv6 address that are one customer's; the rest they choose freely


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read addresses and networks separated by commas; raises ValueError naming what is none."""
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Those who connect in the name of others, and whose word of whom counts."""

    networks: tuple[Network, ...] = ()

    def trusts(self, peer: str | None) -> bool:
        """Tell whether an address is a trusted proxy's."""
        address = _address(peer or "")
        return address is not None and self._among(address)

    def caller(self, peer: str, headers: Headers) -> str | None:
        """Return for whom a trusted proxy sends a request; None where it names nobody.

        The last address that is not a proxy's own counts: what stands before it the caller may
        have written. Where two headers differ, a caller may have written one of them: then it is
        the proxy itself, and so it is where what a proxy wrote is no address.
        """
        said = [list(each) for each in (_forwarded(headers), _forwarded_for(headers))]
        named = {self._last(each) for each in said if each}
        if not named:
            return None
        return str(named.pop() or peer) if len(named) == 1 else peer

    def share(self, peer: str, headers: Headers) -> str:
        """Return whose share a request has: its peer's, or whoever a trusted proxy sends it for."""
        told = list(headers)  # they are gone through twice
        return share_of((self.caller(peer, told) if self.trusts(peer) else None) or peer)

    def _last(self, chain: list[str]) -> Address | None:
        address = None
        for node in reversed(chain):
            address = _address(node)
            if address is None or not self._among(address):
                return address
        return address

    def _among(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def share_of(address: str) -> str:
    """Return whose share of connections an address has: its own, of IPv6 its network's."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _SUBSCRIBER), strict=False))
    return str(found or address)


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        pass
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text[:50]} is no address and no network") from None
    raise ValueError(f"{text} has bits beyond its network; is {meant} meant?")


def _address(text: str) -> Address | None:
    """Read an address, with a port or without; an IPv4 one that came in over IPv6 is IPv4."""
    host = text.strip().strip('"')
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _forwarded_for(headers: Headers) -> Iterator[str]:
    for name, value in headers:
        if name == b"x-forwarded-for":
            yield from value.decode("latin-1").split(",")


def _forwarded(headers: Headers) -> Iterator[str]:
    """Read RFC 7239's header; an element that names nobody is nobody's address."""
    for name, value in headers:
        if name != b"forwarded":
            continue
        for element in value.decode("latin-1").split(","):
            pairs = (pair.partition("=") for pair in element.split(";"))
            yield next((node for key, _, node in pairs if key.strip().lower() == "for"), "")
