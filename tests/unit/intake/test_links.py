"""Which links an officer may be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.links import is_public

PUBLIC = [
    "https://files.example.org/a.jpg",
    "HTTPS://FILES.EXAMPLE.ORG/A.JPG",
    "https://files.example.org:8443/a?b=c#d",
    "https://files.example.org./a",
    "https://bücher.example/a",
    "https://8.8.8.8/a",
    "https://[2606:4700::1111]/a",
    "https://a_b.example.org/a",
    "https://lokal.example/a",
]
NOT_PUBLIC = [
    "http://files.example.org/a.jpg",
    "ftp://files.example.org/a.jpg",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//files.example.org/a",
    "files.example.org/a",
    "https://",
    "https:///a",
    "https://localhost/a",
    "https://a.localhost/a",
    "https://printer.local/a",
    "https://db.internal/a",
    "https://intranet/a",
    "https://127.0.0.1/a",
    "https://127.1/a",
    "https://2130706433/a",
    "https://0x7f000001/a",
    "https://0177.0.0.1/a",
    "https://１２７.0.0.1/a",
    "https://127。0。0。1/a",
    "https://10.1.2.3/a",
    "https://172.16.0.1/a",
    "https://192.168.1.1/a",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/a",
    "https://0.0.0.0/a",
    "https://224.0.0.1/a",
    "https://[::1]/a",
    "https://[::]/a",
    "https://[fe80::1]/a",
    "https://[fe80::1%25eth0]/a",
    "https://[fc00::1]/a",
    "https://[::ffff:127.0.0.1]/a",
    "https://[64:ff9b::7f00:1]/a",
    "https://[2002:7f00:1::]/a",
    "https://[::1/a",
    "https://user:secret@files.example.org/a",
    "https://files.example.org@10.0.0.1/a",
    "https://files.example.org\\@10.0.0.1/a",
    "https://files.example.org:0/a",
    "https://files.example.org:99999/a",
    "https://files.example.org/a b",
    "https://files.example.org/a\nb",
    "https://-a.example.org/a",
    "https://a..example.org/a",
    f"https://{'a' * 64}.example.org/a",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_a_link_to_the_public_internet_is_kept(url: str) -> None:
    assert is_public(url)


@pytest.mark.parametrize("url", NOT_PUBLIC)
def test_a_link_into_somebodys_own_network_or_to_nowhere_is_not(url: str) -> None:
    assert not is_public(url)


@given(st.text(max_size=60))
def test_any_host_is_judged(host: str) -> None:
    assert is_public(f"https://{host}/") in {True, False}


@given(st.ip_addresses())
def test_an_address_is_public_only_where_it_is_global(address: object) -> None:
    written = f"[{address}]" if ":" in str(address) else str(address)
    assert not is_public(f"https://{written}/") or getattr(address, "is_global", False)
