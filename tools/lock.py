"""Compiles locks: `python3 tools/lock.py contacts [--upgrade]`. Runs under any Python from 3.11 on."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

from crm_tools import locks, trouble

if __name__ == "__main__":
    sys.exit(trouble.guarded(locks.main))
