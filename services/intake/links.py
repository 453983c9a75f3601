"""Links to attachments: nothing here fetches them, but officers will click on them. Pure."""

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

_LABEL: Final = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{2,59}})")
# Names of machines in somebody's own network (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal).
_INSIDE: Final = re.compile(r"(?:.*\.)?(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa|onion)")

_HTTPS: Final = re.compile("https://", re.IGNORECASE)
_CONFUSING: Final = re.compile(r"[\s\\\x00-\x1f]")
_ONLY_NUMBERS: Final = re.compile(r"[0-9.]+")
# IPv4 inside IPv6 (RFC 6052).
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(url: str) -> bool:
    """Whether a link is https, names a host of the public internet by a name or a global address, and nothing more.

    An address written in another way than usual (2130706433, 0x7f.1) is refused, as is one with a user and a password.
    """
    if _HTTPS.match(url) is None or _CONFUSING.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return "@" not in parts.netloc and port != 0 and _is_public_host(host)


@lru_cache(maxsize=1_000)  # the files of a channel lie on one host
def _is_public_host(host: str) -> bool:
    plain = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    if ":" in plain or _ONLY_NUMBERS.fullmatch(plain):
        return _is_global(plain)
    try:
        name = plain if plain.isascii() else plain.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return _NAME.fullmatch(name) is not None and _INSIDE.fullmatch(name) is None


def _is_global(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    inner = None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return (inner or address).is_global and not address.is_multicast
