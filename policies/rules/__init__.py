"""A rule: conditions, validity, source, and which application it serves."""

from policies.rules.model import ApplicationKind, Mark, Rule, Season, Source, SourceJson, Window

__all__ = ["ApplicationKind", "Mark", "Rule", "Season", "Source", "SourceJson", "Window"]
