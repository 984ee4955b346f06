"""How a call to a service can fail. The names say what the service may have seen of it.

UpstreamError
+-- ConnectFailed      nothing was sent
+-- Broken             sent, but no whole answer came; `started`: its head had come
+-- TimedOut           sent, no answer within the deadline
+-- Unavailable        not tried: every instance is refused by its breaker
+-- Saturated          not tried: too many calls are under way
"""


class UpstreamError(Exception):
    """A call that got no whole answer."""


class ConnectFailed(UpstreamError):
    pass


class Broken(UpstreamError):
    def __init__(self, detail: str, *, started: bool) -> None:
        super().__init__(detail)
        self.started = started


class TimedOut(UpstreamError):
    pass


class Unavailable(UpstreamError):
    def __init__(self, retry_after_s: int) -> None:
        super().__init__("every instance is refused by its breaker")
        self.retry_after_s = retry_after_s


class Saturated(UpstreamError):
    pass
