"""Free ports for what listens on loopback."""

from __future__ import annotations

import random
import socket
import sys
from collections.abc import Iterator

# Below the range from which the kernel takes ports for outgoing connections (32768 on Linux), because one of those
# could sit on a server's port just while that server is being restarted.
FIRST, LAST = 20_000, 32_000
BLOCK = 50


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


class Ports:
    """Hands out free ports on loopback, no port twice.

    They come from blocks that no other installation on this machine draws from meanwhile: between the choice of a port
    and the moment at which its server listens lie seconds, in which another start could choose the same one.
    """

    def __init__(self) -> None:
        self._claims: list[socket.socket] = []  # held as long as we run
        self._free = self._draw()

    def take(self) -> int:
        try:
            return next(self._free)
        except StopIteration:
            raise OSError(f"no free port between {FIRST} and {LAST} on 127.0.0.1") from None

    def _draw(self) -> Iterator[int]:
        blocks = range(FIRST, LAST, BLOCK)
        for first in random.sample(blocks, len(blocks)):
            if self._claim(first):
                yield from (port for port in range(first, first + BLOCK) if is_free("127.0.0.1", port))

    def _claim(self, first: int) -> bool:
        if sys.platform != "linux":
            return True
        # A name in the kernel's own space of sockets: no file is left behind, and it is given up however we end.
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            claim.bind(f"\0mini-crm-ports-{first}")
        except OSError:
            claim.close()
            return False
        self._claims.append(claim)
        return True
