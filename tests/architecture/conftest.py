"""The same house as in the functional tests."""

from tests.functional.conftest import house, settings

__all__ = ["house", "settings"]
