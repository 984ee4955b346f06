"""Ports: those who choose at the same time do not choose the same."""

import socket

import pytest

from crm_tools import ports
from crm_tools.ports import Ports, is_free


def test_two_that_choose_at_once_share_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "LAST", ports.FIRST + 4 * ports.BLOCK)
    one, other = Ports(), Ports()
    taken = [[chooser.take() for _ in range(ports.BLOCK)] for chooser in (one, other)]
    assert not set(taken[0]) & set(taken[1])


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free("127.0.0.1", server.getsockname()[1])
