"""
Refused (crm_service)
├── NoSuchEvent     404
├── StaleVersion    412   If-Match names another version
├── InTrash         409   a trashed event refuses changes until it is restored
├── MovedOn         409   somebody changed the people of the event while we asked whether they exist
└── NobodyCanTell   503   the service that knows whether they exist is away
"""

from crm_service import Refused


class NoSuchEvent(Refused):
    status, code, detail = 404, "not_found", "There is nothing here, or not in this workspace."


class StaleVersion(Refused):
    status, code = 412, "stale_version"
    detail = "The event was changed since you read it."


class InTrash(Refused):
    status, code = 409, "in_trash"
    detail = "The event is in the trash. Restore it first."


class MovedOn(Refused):
    status, code = 409, "changed_meanwhile"
    detail = "Somebody else changed the event at the same moment. Nothing was changed; try again."


class NobodyCanTell(Refused):
    status, code = 503, "neighbour_down"

    def __init__(self, service: str, retry_after_s: float | None) -> None:
        detail = (
            f"The {service} service can't be asked at the moment whether those named here exist. "
            "Nothing was written; try again."
        )
        super().__init__(detail, retry_after_s=retry_after_s or 1.0)
