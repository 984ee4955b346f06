"""
Refused (crm_service)
├── ImportBusy         409   a check or run is on its way, or the import has run
├── ImportTooLarge     413   more rows than a file may have
└── UnreadableUpload   422, 415 for what is no text; with the row where it is known
"""

from contacts.imports.csv_file import UnreadableFile
from crm_service import FieldError, Refused


class ImportBusy(Refused):
    status, code = 409, "import_busy"


class ImportTooLarge(Refused):
    status, code = 413, "too_many_rows"


def unreadable(error: UnreadableFile) -> Refused:
    """The row in words and as a pointer, so that people and programs find it."""
    where = FieldError(error.pointer, error.code, error.detail)
    return Refused(error.detail, status=error.status, code=error.code, errors=[where])
