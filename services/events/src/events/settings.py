"""What a process of this service is told by its environment."""

from crm_service import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """Beside those of every service."""

    database_url: str  # of the role that this process runs as: events_api or events_worker
    nats_url: str
    valkey_url: str
    crm_secret: str  # 32 or more random bytes, hex; signs cursors
    crm_contacts_url: str  # base URL, or several in a comma list
    crm_fact_retry_delays_s: tuple[float, ...] = (1.0, 5.0, 30.0, 120.0)  # before a fact that failed comes again
    crm_fact_ack_wait_s: float = 30.0  # until a fact whose consumer died is delivered again
