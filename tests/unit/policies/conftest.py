from datetime import datetime, timedelta, timezone

import pytest


@pytest.fixture
def shanghai_noon():
    return datetime(2026, 11, 24, 12, tzinfo=timezone(timedelta(hours=8)))
