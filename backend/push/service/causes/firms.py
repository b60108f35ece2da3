"""Lists of firms a look walks over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence


class Chosen:
    """A fixed choice of firms, by USCC."""

    def __init__(self, usccs: Iterable[str]) -> None:
        self._usccs = sorted(usccs)

    def __call__(self, after: str, limit: int) -> Sequence[str]:
        start = bisect_right(self._usccs, after)
        return self._usccs[start : start + limit]
