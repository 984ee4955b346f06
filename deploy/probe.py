"""Asks the process in this container whether it is ready: `python -IS probe.py` ends with 0 or 1.

Run as a file and with the standard library only, because a container's health check runs every few seconds.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 2.0


def is_ready(listen: str) -> bool:
    """`listen` is CRM_LISTEN of the process: `0.0.0.0:8000`, `[::]:8000`."""
    port = int(listen.rpartition(":")[2])
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(os.environ["CRM_LISTEN"]) else 1)
