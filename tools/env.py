"""Prepares environments: `python3 tools/env.py contacts gateway --dev`. Runs under any Python from 3.11 on."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

from crm_tools import environments, trouble

if __name__ == "__main__":
    sys.exit(trouble.guarded(environments.main))
