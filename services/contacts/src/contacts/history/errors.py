"""
Refused
├── OperationNotFound   404
├── AlreadyUndone       409
├── StillRunning        409   wait for it to end, or for its status
└── NotUndoable         409   a purge, whose values are nowhere any more; settings, which have no undo
"""

from crm_service import NotFound, Refused


class OperationNotFound(NotFound):
    """Unknown, or of another workspace or service."""


class AlreadyUndone(Refused):
    status, code = 409, "already_undone"
    detail = "This was undone already. Undo the undo to bring it back."


class StillRunning(Refused):
    status, code = 409, "still_running"
    detail = "This is still going on. Try again when it is done."


class NotUndoable(Refused):
    status, code = 409, "not_undoable"
    detail = "This can't be undone."
