"""注册即关注: new technology firms are recognised by rule and tracked as soon as they are known."""

from __future__ import annotations

from collections.abc import Sequence

from backend.pool.life import Stage
from backend.pool.rulebook import TRACKED
from backend.pool.service import PoolService
from backend.pool.service.evaluating import Evaluator
from backend.shared.caller import SYSTEM
from backend.shared.clock import Clock

REASON = "注册即关注"


class Tracking:
    """Runs with every list of firms that comes in, and once a day over all."""

    def __init__(self, pool: PoolService, evaluator: Evaluator, clock: Clock) -> None:
        self._pool = pool
        self._evaluator = evaluator
        self._clock = clock

    def follow(self, usccs: Sequence[str]) -> None:
        """These firms came in or changed: keep their places, and track the new technology firms."""
        self._pool.follow_companies(usccs)
        self.track(self._pool.without_life(usccs))

    def track(self, usccs: Sequence[str] | None = None) -> int:
        """Track those of the firms (default: all) that meet the rule and have no life: how many."""
        book = self._evaluator.rulebook()
        if TRACKED not in book.rules or (usccs is not None and not usccs):
            return 0
        found = self._evaluator.evaluate(book, [TRACKED], self._clock.today(), usccs)
        firms, now = found.firms(TRACKED), self._clock.now()
        after = {uscc: max(0, int((now - found.known_since(uscc)).total_seconds())) for uscc in firms}
        stages = ((uscc, Stage("tracked")) for uscc in firms)
        return self._pool.enter_many(stages, SYSTEM, REASON, book.name(TRACKED), after)
