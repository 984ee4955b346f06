"""People who do not exist: the same for the same seed, with names that share beginnings as real ones do."""

from __future__ import annotations

import csv
import io
import random


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words("""
    Anna Anton Anja Andreas Angela Antonio Bernd Birgit Björn Carla Carlos Chloé Christian Christina Daniel
    Daniela David Elena Elif Emil Emma Erik Eva Fatima Felix Finn Frida Greta Hannah Hans Helena Ida Ingrid Ivan
    Jakob Jan Jana Johann Johanna Jonas José Julia Karin Karl Katharina Klaus Lara Lea Leon Lina Luca Luisa
    Magnus Maja Maria Marie Mark Marta Martin Mateo Mehmet Mia Michael Mira Mohamed Monika Nadia Nils Nina Noah
    Nora Olga Oskar Paul Paula Pedro Peter Petra Rafael Rosa Samir Sandra Sara Sebastian Sofia Stefan Susanne
    Thomas Tim Tom Ulrike Ursula Vera Viktor Yara Zoë
""")
STEMS = _words("""
    Ander Bach Berg Brand Braun Damm Eber Feld Fisch Frank Gold Hart Hoff Jans Kauf Klein Kraus Lind Lang Marten Meier
    Müll Neu Ober Peters Rein Roth Sand Schmid Schnei Schul Stein Thom Voll Wagn Wein Wolf Zimmer Ziel
""")
ENDS = _words("sen mann er bach berg feld hardt hof inger ke ling meyer stein son t thal wald weg dorf ow")
TITLES = _words("Sales_manager Engineer Head_of_purchasing Accountant Designer Consultant Owner Sales_assistant")
CITIES = _words("Ulm Berlin Hamburg Köln Bremen Leipzig Essen Dresden Bonn Münster Wien Graz Linz Basel Bern Zürich")
STREETS = _words("Hauptstraße Bahnhofstraße Gartenweg Lindenallee Ringstraße Kirchplatz Mühlenweg")
TAGS = _words("vip lead partner newsletter supplier press")
COLUMNS = "First name,Last name,Email,Phone,Job title,Company,Street,City,Postal code,Country,Tags"


class People:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 (the same people each time)
        self._made = 0

    def csv(self, rows: int) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text)
        text.write(COLUMNS + "\r\n")
        writer.writerows(self._row() for _ in range(rows))
        return text.getvalue().encode()

    def body(self) -> dict[str, object]:
        """What the form of the web app would send."""
        first, last, email, phone, title, *_ = self._row()
        return {
            "first_name": first,
            "last_name": last,
            "title": title,
            "emails": [{"value": email, "label": "work", "primary": True}],
            "phones": [{"value": phone, "label": "work", "primary": True}],
        }

    def typed(self) -> str:
        """What stands in the search box while somebody's name is typed."""
        first, last, *_ = self._row()
        word = self._chance.choice((first, last, f"{first} {last}"))
        return word[: self._chance.randint(2, len(word))]

    def _row(self) -> list[str]:
        pick, number = self._chance.choice, self._chance.randrange
        self._made += 1
        first, last = pick(FIRST), pick(STEMS) + pick(ENDS)
        company = f"{pick(STEMS)}{pick(ENDS)} {pick(('GmbH', 'AG', 'KG', 'Group'))}"
        return [
            first,
            last,
            f"{first}.{last}.{self._made}@example.org".lower(),
            f"+49 30 {number(10**6, 10**7)}",
            pick(TITLES).replace("_", " "),
            company,
            f"{pick(STREETS)} {number(1, 200)}",
            pick(CITIES),
            f"{number(10_000, 99_999)}",
            "Germany",
            pick(TAGS) if number(3) == 0 else "",
        ]
