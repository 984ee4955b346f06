"""A spreadsheet's CSV as people really save it, read into rows or refused with the row that is wrong.

Knows encodings (UTF-8 with and without BOM, UTF-16, Windows-1252), delimiters (comma, semicolon, tab, pipe), the
three line ends and quoted newlines (RFC 4180). Nothing here knows what a contact is.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

COLUMNS_MAX = 200
CELL_MAX_CHARS = 64 * 1024
RECORD_MAX_CHARS = 1024 * 1024
DELIMITERS = ",;\t|"
SNIFFED_RECORDS = 50
READ_BYTES = 1024 * 1024

# What browsers and people call "csv" but is not text at all: told by its first bytes, whatever its name.
FOREIGN_SIGNATURES = {
    b"PK\x03\x04": "a spreadsheet or zip archive (save it as CSV first)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (save it as CSV first)",
    b"\x1f\x8b": "a gzip archive (unpack it first)",
    b"%PDF": "a PDF",
}


class UnreadableFile(Exception):
    """The upload can't be read as CSV. `row` is the number that a spreadsheet shows (the header is 1), if known."""

    def __init__(self, code: str, detail: str, *, row: int | None = None, status: int = 422) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.row = status, code, detail, row
        self.pointer = "/file" if row is None else f"/file/rows/{row}"


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # as a spreadsheet shows it: the header is 1, blank rows count
    cells: list[str]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The header's names, made unique and never empty, and the rows below it, read lazily and once."""

    columns: list[str]
    rows: Iterator[Row]


def open_csv(file: BinaryIO) -> CsvFile:
    """Read the header of `file` (seekable) and hand out its rows lazily.

    Raises `UnreadableFile`, here or while the rows are read: 415 for what is no text, 422 with the row otherwise.
    """
    encoding = _encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    delimiter = _delimiter_of(text)
    records = _records(text, delimiter)
    header = next((row for row in records if any(cell.strip() for cell in row.cells)), None)
    if header is None:
        raise UnreadableFile("empty_file", "The file has no rows.")
    if len(header.cells) > COLUMNS_MAX:
        raise UnreadableFile(
            "too_many_columns", f"Row {header.number} has more than {COLUMNS_MAX} columns.", row=header.number
        )
    columns = _unique_names(header.cells)
    return CsvFile(columns, (_fit(row, len(columns)) for row in records if any(cell.strip() for cell in row.cells)))


def _encoding_of(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(4)
    for signature, what in FOREIGN_SIGNATURES.items():
        if head.startswith(signature):
            raise UnreadableFile("not_csv", f"The file is {what}.", status=415)
    if head.startswith(codecs.BOM_UTF8):
        _require_decodable(file, "utf-8-sig")
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _require_decodable(file, "utf-16")
        return "utf-16"
    return _utf8_or_windows_1252(file)


def _utf8_or_windows_1252(file: BinaryIO) -> str:
    """One encoding for the whole file: lines of both kinds mean that somebody pasted two files into one."""
    utf8_line = windows_line = 0
    file.seek(0)
    for number, line in _lines_to_look_at(file):
        if b"\0" in line:
            raise _nul_in(number)
        if line.isascii():
            continue
        if _decodes(line, "utf-8"):
            utf8_line = utf8_line or number
        elif _decodes(line, "cp1252"):
            windows_line = windows_line or number
        else:
            detail = f"A character in row {number} is neither UTF-8 nor Windows-1252."
            raise UnreadableFile("unknown_encoding", detail, row=number)
        if utf8_line and windows_line:
            raise UnreadableFile(
                "mixed_encodings",
                f"Row {utf8_line} is UTF-8 and row {windows_line} is Windows-1252: save the file in one encoding.",
                row=max(utf8_line, windows_line),
            )
    return "cp1252" if windows_line else "utf-8"


def _lines_to_look_at(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered lines, without the blocks of plain ASCII, of which a file may have millions of lines.

    Bounded: a line without an end must not be read into memory whole.
    """
    number = 1
    while block := file.read(READ_BYTES):
        block += file.readline(READ_BYTES)
        if begun := _begun_character(block):
            block = block[:-begun]
            file.seek(-begun, io.SEEK_CUR)
        if block.isascii() and b"\0" not in block:
            number += block.count(b"\n")
            continue
        for line in io.BytesIO(block):
            yield number, line
            number += line.endswith(b"\n")


def _begun_character(block: bytes) -> int:
    """Bytes at the end of a block, cut off within a line, that begin a UTF-8 character and do not end it."""
    if len(block) < READ_BYTES or block.endswith(b"\n"):
        return 0
    return next((back for back in range(1, 4) if block[-back] >= 0xC0), 0)


def _nul_in(row: int) -> UnreadableFile:
    return UnreadableFile("nul_character", f"Row {row} holds a NUL character: this is no text file.", row=row)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _require_decodable(file: BinaryIO, encoding: str) -> None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    row = 1
    try:
        while block := file.read(READ_BYTES):
            text = decoder.decode(block)
            if "\0" in text:
                raise _nul_in(row + text.count("\n"))
            row += text.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        detail = f"The file says that it is {encoding}, but a character in row {row} is not."
        raise UnreadableFile("mixed_encodings", detail, row=row) from error


def _delimiter_of(text: io.TextIOWrapper) -> str:
    """The candidate that splits the first records into the most columns, evenly. Leaves `text` at the header."""
    first = text.readline(CELL_MAX_CHARS)
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[-1]  # Excel's own hint, a line that Excel does not show or count
    sample = first + "".join(text.readline(CELL_MAX_CHARS) for _ in range(SNIFFED_RECORDS))
    text.seek(0)
    return max(DELIMITERS, key=lambda candidate: _evenness(sample, candidate))


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    with suppress(csv.Error):  # the real reading names the row
        widths = [len(record) for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if record]
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]


class _RecordTooLong(Exception):
    pass


class _Lines:
    """The lines of a file, of one record after the other: none that is too long is ever held whole."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._left = RECORD_MAX_CHARS

    def begin_record(self) -> None:
        self._left = RECORD_MAX_CHARS

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            raise _RecordTooLong
        return line


def _records(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(CELL_MAX_CHARS)
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        lines.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _RecordTooLong:
            detail = f"Row {number} is longer than {RECORD_MAX_CHARS:,} characters: is a quote left open there?"
            raise UnreadableFile("row_too_long", detail, row=number) from None
        except csv.Error as error:
            raise _broken_record(error, number) from error
        yield Row(number, cells)


def _broken_record(error: csv.Error, row: int) -> UnreadableFile:
    if "unexpected end of data" in str(error):
        return UnreadableFile("unclosed_quote", f"A quote that opens in row {row} is never closed.", row=row)
    if "field larger than" in str(error):
        # An unclosed quote swallows the rest of the file, so this is what it looks like in a large one.
        detail = f"A cell in row {row} is longer than {CELL_MAX_CHARS:,} characters: is a quote left open there?"
        return UnreadableFile("cell_too_long", detail, row=row)
    return UnreadableFile("bad_quote", f"Row {row} has text after a closing quote.", row=row)


def _fit(row: Row, width: int) -> Row:
    """Short rows are filled up, trailing empty cells dropped; a row with more cells than the header is refused."""
    cells = row.cells
    if len(cells) > width:
        if any(cell.strip() for cell in cells[width:]):
            detail = f"Row {row.number} has {len(cells)} cells, the header has {width}."
            raise UnreadableFile("too_many_cells", detail, row=row.number)
        cells = cells[:width]
    return Row(row.number, cells + [""] * (width - len(cells)))


def _unique_names(header: list[str]) -> list[str]:
    names: list[str] = []
    for position, cell in enumerate(header, 1):
        name = cell.strip() or f"Column {position}"
        twins = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(name if not twins else f"{name} ({twins + 1})")
    return names
