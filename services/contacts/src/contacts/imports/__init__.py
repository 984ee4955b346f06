"""Moving in: a file is uploaded, read, checked, run, and can be undone."""

from contacts.imports.store import forget_contact as forget_rows_of

__all__ = ["forget_rows_of"]
