"""Which addresses a webhook may go to: public ones only, so that nobody makes us knock at doors inside. Pure."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address


def public(addresses: Sequence[str]) -> Sequence[str]:
    """Those of `addresses` that lie on the public internet; all, or none where one of them does not.

    A name that leads inside and outside at once is a trap.
    """
    return addresses if all(_is_public(one) for one in addresses) else ()


def _is_public(text: str) -> bool:
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            address = inner
    return address.is_global and not address.is_multicast
