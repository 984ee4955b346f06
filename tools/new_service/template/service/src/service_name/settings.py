"""What a process of this service is told by its environment."""

from crm_service import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """Beside those of every service."""

    database_url: str  # of the role that this process runs as: service_name_api or service_name_worker
    nats_url: str
    crm_secret: str  # 32 or more random bytes, hex; signs cursors
