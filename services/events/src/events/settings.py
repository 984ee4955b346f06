"""What a process of this service is told by its environment."""

from crm_service import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    database_url: str  # of the role that this process runs as: events_api or events_worker
    nats_url: str
    valkey_url: str
    crm_secret: str  # 32 or more random bytes, hex; signs cursors
    crm_contacts_url: str  # base URL, or several in a comma list
