import socket

import pytest

from deploy.local.ports import LOOPBACK, Ports, is_free


@pytest.fixture(autouse=True)
def no_range_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TANGGAP_LOCAL_PORTS", raising=False)


def test_a_port_that_someone_listens_on_is_avoided() -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        taken = other.getsockname()[1]
        assert not is_free(taken)
        assert Ports().take(taken) != taken


def test_a_port_taken_on_all_addresses_is_avoided_too() -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:  # noqa: S104 - the case under test
        assert not is_free(other.getsockname()[1])


def test_a_free_port_is_given_as_wanted() -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        freed = other.getsockname()[1]
    assert Ports().take(freed) == freed


def test_no_port_is_given_twice() -> None:
    ports = Ports()
    given = [ports.take(29_123) for _ in range(5)]
    assert len(set(given)) == 5


def test_a_replacement_lies_outside_the_range_of_outgoing_connections() -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        assert 20_000 <= Ports().take(other.getsockname()[1]) < 30_000


def test_a_range_of_its_own_is_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANGGAP_LOCAL_PORTS", "27100-27109")
    ports = Ports()
    assert {ports.take(8001) for _ in range(3)} <= set(range(27_100, 27_110))
