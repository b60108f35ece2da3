"""Search over the published content: the index answers with ids and highlights, the database is the truth."""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)
