"""Settings of contacts, from the environment."""

from crm_service import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """Beside those of every service.

    database_url: Postgres, database `contacts`, as `contacts_api` or `contacts_worker`.
    nats_url, valkey_url: broker and cache. crm_secret: hex, one for all instances; signs cursors.
    """

    database_url: str
    nats_url: str
    valkey_url: str
    crm_secret: str
