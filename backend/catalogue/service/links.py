"""The link watch: official links are fine, uncertain or broken. It marks, and never hides a policy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from backend.adapters.links import LinkProbe
from backend.catalogue.store.links import BROKEN, FINE, UNCERTAIN, LinkState, LinkStore
from backend.shared.clock import Clock, in_shanghai
from policies.sheet import Sheet

log = structlog.get_logger(__name__)

# A page that is missing once may be back tomorrow.
GONE_FOR_GOOD = timedelta(days=2)
_AGAIN_FINE, _AGAIN_OTHER = timedelta(days=7), timedelta(days=1)
_MOST_AT_ONCE = 300


class LinkWatch:
    """Asks the links of sheets in turn; without a probe it only tells what is known."""

    def __init__(self, clock: Clock, probe: LinkProbe | None = None) -> None:
        self._store = LinkStore()
        self._clock = clock
        self._probe = probe

    def states(self, sheet: Sheet) -> list[tuple[str, LinkState | None]]:
        """Every official link of a sheet and how it was last found; None when it was never asked."""
        urls = links_of(sheet)
        known = self._store.states(urls)
        return [(url, known.get(url)) for url in urls]

    def ask_due(self, sheets: Iterable[Sheet]) -> int:
        """Ask what is due; returns how many links were asked. Nothing when there is no probe."""
        if self._probe is None:
            return 0
        now = self._clock.now()
        urls = dict.fromkeys(url for sheet in sheets for url in links_of(sheet))
        known = self._store.states(urls)
        due = [url for url in urls if _due(known.get(url), now)][:_MOST_AT_ONCE]
        for url in due:
            self._store.keep(self._found(url, known.get(url), now))
        log.info("links_watched", asked=len(due), links=len(urls))
        return len(due)

    def _found(self, url: str, before: LinkState | None, now: datetime) -> LinkState:
        assert self._probe is not None
        answer = self._probe.ask(url)
        if answer.found == "stands":
            return LinkState(url, FINE, answer.reason, now, None)
        if answer.found == "unclear":
            # A site that is down says nothing about the page.
            return LinkState(url, UNCERTAIN, answer.reason, now, before.gone_since if before else None)
        since = in_shanghai(before.gone_since) if before and before.gone_since else now
        state = BROKEN if now - since >= GONE_FOR_GOOD else UNCERTAIN
        return LinkState(url, state, answer.reason, now, since)


def links_of(sheet: Sheet) -> list[str]:
    """The addresses a sheet gives as sources, each once."""
    sources = (*sheet.sources, *(rule.source for rule in sheet.rules))
    return list(dict.fromkeys(source.url for source in sources if source.url))


def _due(state: LinkState | None, now: datetime) -> bool:
    if state is None:
        return True
    wait = _AGAIN_FINE if state.state == FINE else _AGAIN_OTHER
    return now - in_shanghai(state.checked_at) >= wait
