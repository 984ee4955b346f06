"""The nouns with records, by name: for what works on whichever noun a change, a job or an address names."""

from contacts.companies import COMPANIES
from contacts.people import PEOPLE
from contacts.records.resource import Resource

BY_NOUN: dict[str, Resource] = {resource.noun: resource for resource in (PEOPLE, COMPANIES)}
