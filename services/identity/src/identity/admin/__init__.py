"""The admin API of the auth protocol (section 7): for programs that hold a machine token, and for nobody else."""

from identity.admin import audit_log, factors, invite, links, users
from identity.auth.off import other_methods

_ENDPOINTS = [
    users.list_users,
    users.create_user,
    users.get_user,
    users.change_user,
    users.delete_user,
    factors.list_factors,
    factors.change_factor,
    factors.delete_factor,
    invite.invite,
    links.generate_link,
    audit_log.list_audit,
]
ROUTES = [*_ENDPOINTS, *other_methods(_ENDPOINTS)]
