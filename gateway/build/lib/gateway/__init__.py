"""The edge of Mini-CRM. Read `main.py` first, then `pipeline.py`."""

__version__ = "0.1.0"
