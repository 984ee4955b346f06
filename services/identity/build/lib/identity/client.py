"""Who is at the other end, for the list of devices and the audit."""

from dataclasses import dataclass

USER_AGENT_MAX_CHARS = 300


@dataclass(frozen=True)
class Client:
    """`ip` as the gateway saw it."""

    ip: str
    user_agent: str

    @classmethod
    def of(cls, ip: str | None, user_agent: str | None) -> "Client":
        return cls(ip or "", (user_agent or "")[:USER_AGENT_MAX_CHARS])
