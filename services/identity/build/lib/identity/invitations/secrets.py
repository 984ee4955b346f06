"""An invitation's token: derived from its id under our own key, so it is kept nowhere and can be shown again."""

import base64
from uuid import UUID

from identity.vault import Vault

ACCEPT_PATH = "/accept-invitation"  # a page of the app


def token_of(vault: Vault, invitation_id: UUID) -> str:
    """43 characters of base64url. Whoever has CRM_SECRET could make it; they could sign anybody in as well."""
    return base64.urlsafe_b64encode(vault.mac("invitation", str(invitation_id))).rstrip(b"=").decode()


def link_of(site_url: str, token: str) -> str:
    return f"{site_url.rstrip('/')}{ACCEPT_PATH}?token={token}"
