"""A rule: conditions, validity, source, and which application it serves."""

from policies.rules.model import ApplicationKind, CitationJson, Mark, Rule, Season, Source, Window

__all__ = ["ApplicationKind", "Mark", "Rule", "Season", "Source", "CitationJson", "Window"]
