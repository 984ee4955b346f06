"""What a person at the keyboard can mend is raised as Trouble: one sentence that says what is wrong and the mend."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable

INTERRUPTED = 130  # as a shell says it


class Trouble(Exception):
    """Its text is shown as it is, without a trace, and the command exits with 1."""


def guarded(command: Callable[[], int]) -> int:
    """Runs a command; answers its exit code, or 1 after saying what a person has to mend."""
    try:
        return command()
    except Trouble as trouble:
        print(f"Mini-CRM: {trouble}", file=sys.stderr, flush=True)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        where = f" while writing {error.filename}" if error.filename else ""
        text = f"The disk is full{where}: free some space and run the command again."
        print(f"Mini-CRM: {text}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 1
