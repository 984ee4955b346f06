"""What a password must be like. Decisions only: no input, no output."""

import unicodedata
from dataclasses import dataclass

# bcrypt ignores what follows; accounts must be able to move to a server that uses it.
PASSWORD_MAX_BYTES = 72


@dataclass(frozen=True)
class Weakness:
    """Why a password is refused: a sentence for people, reasons (`length`, `characters`) for programs."""

    message: str
    reasons: list[str]


@dataclass(frozen=True)
class PasswordPolicy:
    """`required_sets`: each string is a set of characters of which at least one must occur."""

    min_length: int
    required_sets: tuple[str, ...] = ()

    def weakness(self, password: str) -> Weakness | None:
        sentences, reasons = [], []
        if len(password) < self.min_length:
            sentences.append(f"Password should be at least {self.min_length} characters.")
            reasons.append("length")
        if any(not set(characters) & set(password) for characters in self.required_sets):
            sets = ", ".join(self.required_sets)
            sentences.append(f"Password should contain at least one character of each: {sets}.")
            reasons.append("characters")
        return Weakness(" ".join(sentences), reasons) if reasons else None


def normal_form(password: str) -> str:
    """NFC, so that one keyboard's "é" is another's; the same form is hashed and verified."""
    return unicodedata.normalize("NFC", password)


def too_long(password: str) -> bool:
    return len(password.encode("utf-8", "surrogatepass")) > PASSWORD_MAX_BYTES
