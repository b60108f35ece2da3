"""Reading a word list from its YAML file, and finding a word in it however it is typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from importlib.resources import files
from typing import Any

import yaml

MARKS = frozenset("GPRKC?")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
# What people leave out or type differently: quotes, brackets, spaces and dashes carry no meaning in a name.
_UNHEARD = re.compile(r"[\s\"'“”‘’「」『』《》〈〉()（）\[\]【】〔〕·・•—–-]+")


@dataclass(frozen=True)
class Entry:
    """One word; `mark` says how sure we are (G P R K C ?), `group` what kind of thing it is in its list."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    group: str = ""
    note: str = ""
    mark: str = "?"
    source: str = ""


@dataclass(frozen=True)
class WordList:
    """A closed list of entries in a fixed order."""

    name: str
    entries: tuple[Entry, ...]
    _heard: dict[str, tuple[Entry, ...]] = field(repr=False, compare=False, hash=False)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, entry_id: object) -> bool:
        return any(entry.id == entry_id for entry in self.entries)

    def labels(self) -> dict[str, str]:
        """Label by id, in order."""
        return {entry.id: entry.label for entry in self.entries}

    def heard(self, text: str) -> tuple[Entry, ...]:
        """The entries whose id, label or alias this is."""
        return self._heard.get(plain(text), ())


def plain(text: str) -> str:
    """The text as it is compared: NFKC, lower case, without spaces, quotes and brackets."""
    return _UNHEARD.sub("", unicodedata.normalize("NFKC", text)).casefold()


def find(words: WordList, text: str) -> Entry | None:
    """The one entry with this id, label or alias; None when there is none or the text means several."""
    found = words.heard(text)
    return found[0] if len(found) == 1 else None


def find_all(words: WordList, text: str) -> tuple[Entry, ...]:
    """Every entry the text may mean ("小巨人" names two titles)."""
    return words.heard(text)


def read_words(name: str) -> WordList:
    """The list in `<name>.yaml`; raises ValueError naming the entry when the file breaks the rules."""
    data = yaml.safe_load(files(__package__).joinpath(f"{name}.yaml").read_text("utf-8"))
    return build_words(name, data)


def build_words(name: str, data: dict[str, Any]) -> WordList:
    """A list from `{source, mark, words: {id: {label, …}}}`; source and mark are defaults of the words."""
    shared: dict[str, Any] = {key: data[key] for key in ("source", "mark") if key in data}
    entries = tuple(_entry(name, key, {**shared, **word}) for key, word in data["words"].items())
    heard: dict[str, tuple[Entry, ...]] = {}
    for entry in entries:
        for text in dict.fromkeys(plain(text) for text in (entry.id, entry.label, *entry.aliases)):
            heard[text] = (*heard.get(text, ()), entry)
    return WordList(name, entries, heard)


def _entry(name: str, key: str, word: dict[str, Any]) -> Entry:
    unknown = set(word) - {item.name for item in fields(Entry)}
    if unknown or not _ID.fullmatch(key) or not word.get("label") or word.get("mark") not in MARKS:
        raise ValueError(f"{name}.yaml: {key}: bad id, label, mark or unknown keys {sorted(unknown)}")
    return Entry(id=key, **{**word, "aliases": tuple(word.get("aliases", ()))})
