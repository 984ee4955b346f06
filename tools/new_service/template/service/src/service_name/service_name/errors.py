"""
Refused (crm_service)
└── StaleVersion    412   If-Match names another version
"""

from crm_service import Refused


class StaleVersion(Refused):
    status, code, detail = 412, "stale_version", "It was changed since you read it."
