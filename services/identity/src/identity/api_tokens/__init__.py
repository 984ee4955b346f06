"""API tokens (`mcrm_...`): a person's access for programs, narrower than their own where scopes say so."""

from identity.api_tokens.exchanging import exchange
from identity.api_tokens.store import lives

__all__ = ["exchange", "lives"]
