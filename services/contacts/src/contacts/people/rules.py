"""Decisions about people, without input or output."""

from collections.abc import Mapping

from crm_resource import Context, Json, Problem

Values = Mapping[str, Json]


def needs_something_to_go_by(values: Values) -> list[Problem]:
    """A person without name, e-mail, phone and company could never be found again."""
    if any(values.get(name) for name in ("first_name", "last_name", "emails", "phones", "company_id")):
        return []
    return [Problem("", "nothing_to_go_by", "At least one of name, e-mail, phone or company is needed.")]


def display_name(values: Values, company_name: str | None = None) -> str:
    """First and last name; without them whatever there is to go by."""
    parts = [part for part in (values.get("first_name"), values.get("last_name")) if part]
    if parts:
        return " ".join(parts)
    for children in (values.get("emails"), values.get("phones")):
        if children:
            return str(next((each for each in children if each["primary"]), children[0])["value"])
    return company_name or ""


def lines(texts: list[str]) -> str | None:
    """Values as crm_resource's filters search them: each between two newlines."""
    return "\n" + "\n".join(texts) + "\n" if texts else None


def phone_lines(phones: list[dict[str, Json]]) -> str | None:
    """Each number as it was spelt, its digits alone, and in E.164: it is found by any of them."""
    spellings = [(each["value"], digits(each["value"]), each["e164"]) for each in phones]
    return lines([text for texts in spellings for text in dict.fromkeys(texts) if text])


def digits(phone: str) -> str:
    return "".join(char for char in phone if char.isdigit())


def derived_values(values: Values, _: Context) -> dict[str, Json]:
    """Columns beside the own ones, from a record whose `company_name` was looked up."""
    return {
        "name": display_name(values, values.get("company_name")),
        "company_name": values.get("company_name"),
        "emails_lines": lines([each["value"] for each in values.get("emails") or []]),
        "phones_lines": phone_lines(values.get("phones") or []),
        "links_lines": lines([each["url"] for each in values.get("links") or []]),
    }


def search_texts(values: Values) -> tuple[str, str]:
    names = [values.get("first_name"), values.get("last_name")]
    emails = [each["value"] for each in values.get("emails") or []]
    phones = [
        text for each in values.get("phones") or [] for text in (digits(each["value"]), digits(each["e164"] or ""))
    ]
    # the end of a domain (com, de) would be a word that everybody has
    others = [values.get("title"), values.get("company_name"), *(f"{mail} {_speaking_part(mail)}" for mail in emails)]
    return " ".join(filter(None, names)), " ".join(filter(None, [*others, *phones]))


def _speaking_part(email: str) -> str:
    return email.rpartition(".")[0]
