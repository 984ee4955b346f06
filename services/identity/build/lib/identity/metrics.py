"""What an operator watches beside the requests themselves."""

from prometheus_client import Counter

MAILS = Counter("identity_mails_total", "Mails handed to the SMTP server, by outcome", ["outcome"])
REFRESH_REUSED = Counter(
    "identity_refresh_token_reused_total", "Sessions ended because an old refresh token was shown again"
)
