"""Runs a command beside an installation of its own, which is stopped and removed afterwards.

`python -m crm_tools with-system -- npm run e2e`: the command finds it at CRM_E2E_URL, and its folder at CRM_E2E_DATA.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from crm_testkit import installation


def run(command: Sequence[str]) -> int:
    """The command's exit code."""
    with installation(CRM_RATE_LIMITS="off") as running:
        environ = os.environ | {"CRM_E2E_URL": running.url, "CRM_E2E_DATA": str(running.data)}
        return subprocess.run(command, env=environ, check=False).returncode
