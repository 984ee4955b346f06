"""Free ports for what listens on loopback."""

from __future__ import annotations

import random
import socket

# Below the range from which the kernel takes ports for outgoing connections (32768 on Linux), because one of those
# could sit on a server's port just while that server is being restarted.
RANGE = range(20_000, 32_000)


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
    """Hands out free ports on loopback, no port twice."""

    def __init__(self) -> None:
        self._given: set[int] = set()

    def take(self) -> int:
        for port in random.sample(RANGE, 200):
            if port not in self._given and is_free("127.0.0.1", port):
                self._given.add(port)
                return port
        raise OSError("no free port between 20000 and 32000 on 127.0.0.1")
