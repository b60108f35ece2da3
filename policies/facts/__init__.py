"""The facts known about a company: what each is, how it is read, and what follows from it."""

from policies.facts.errors import FactError
from policies.facts.members import members_of
from policies.facts.records import (
    SOURCES,
    FactJson,
    FactRecord,
    Value,
    ValueJson,
    read_value,
    records_from,
    value_json,
)
from policies.facts.registry import Fact, fact_named, registry
from policies.facts.resolve import (
    Conflict,
    Facts,
    Known,
    Pattern,
    Wanted,
    WantedJson,
    find_conflicts,
    names_behind,
    resolve,
)

__all__ = [
    "SOURCES",
    "Conflict",
    "Fact",
    "FactError",
    "FactJson",
    "FactRecord",
    "Facts",
    "Known",
    "Pattern",
    "Value",
    "ValueJson",
    "Wanted",
    "WantedJson",
    "fact_named",
    "find_conflicts",
    "members_of",
    "names_behind",
    "read_value",
    "records_from",
    "registry",
    "resolve",
    "value_json",
]
