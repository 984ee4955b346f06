"""
Refused (crm_service)
├── RecordNotFound   404
├── StaleVersion     412   If-Match names another version
├── Trashed          409   a record in the trash takes no change but restore and purge
└── NotTrashed       409
Invalid (crm_resource) 422  all problems of a body
"""

from crm_service import NotFound, Refused


class RecordNotFound(NotFound):
    """Unknown, or of another workspace: nobody can tell which."""


class StaleVersion(Refused):
    status, code = 412, "stale_version"
    detail = "This was changed since you read it."


class Trashed(Refused):
    status, code = 409, "trashed"
    detail = "This is in the trash. Restore it first."


class NotTrashed(Refused):
    status, code = 409, "not_trashed"
    detail = "This is not in the trash."
