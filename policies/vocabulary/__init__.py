"""Closed word lists: English id, Chinese label, what people type instead, and how sure we are."""

from policies.vocabulary.words import Entry, WordList, find, find_all, plain, read_words

AREAS = read_words("areas")
TOWNS = read_words("towns")
DEPARTMENTS = read_words("departments")
TITLES = read_words("titles")
INDUSTRIES = read_words("industries")
FIELDS = read_words("fields")
SUPPORT_KINDS = read_words("support_kinds")
HELP_KINDS = read_words("help_kinds")
SKILLS = read_words("skills")
TERMS = read_words("terms")

WORD_LISTS = {
    words.name: words
    for words in (
        AREAS,
        TOWNS,
        DEPARTMENTS,
        TITLES,
        INDUSTRIES,
        FIELDS,
        SUPPORT_KINDS,
        HELP_KINDS,
        SKILLS,
        TERMS,
    )  # fmt: skip
}

__all__ = [
    "AREAS",
    "DEPARTMENTS",
    "FIELDS",
    "HELP_KINDS",
    "INDUSTRIES",
    "SKILLS",
    "SUPPORT_KINDS",
    "TERMS",
    "TITLES",
    "TOWNS",
    "WORD_LISTS",
    "Entry",
    "WordList",
    "find",
    "find_all",
    "plain",
    "read_words",
]
