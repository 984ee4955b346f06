"""One-time codes and the links made of them: issued, mailed, spent once."""

from identity.codes.issuing import Issued, Issuer, issue, issue_flow
from identity.codes.redirects import Redirects
from identity.codes.spending import Code, lock_by_hash, lock_typed, void_all

__all__ = ["Code", "Issued", "Issuer", "Redirects", "issue", "issue_flow", "lock_by_hash", "lock_typed", "void_all"]
