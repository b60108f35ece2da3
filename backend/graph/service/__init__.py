"""The map: what lies around a thing, what is in force instead, who answers for what, and the ways on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date

from backend.companies.service import CompanyService
from backend.eligibility.service import EligibilityService
from backend.graph.service.firms import FirmCombination, FirmLadder, FirmQuestions
from backend.graph.service.following import Contribution, MapKeeper
from backend.graph.store import GraphStore, LayoutStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from policies.graph import Neighbourhood, Node, PolicyMap, neighbourhood
from policies.graph.health import Ailment, examine
from policies.graph.ladder import Rung, ladder
from policies.graph.lineage import Lineage, Touched, lineage, touched_by_end
from policies.graph.paths import HELPERS, Path, paths
from policies.graph.picture import Picture, picture_of
from policies.graph.responsibility import Duty, Responsibility, responsibility, unanswered

__all__ = [
    "Contribution",
    "FirmCombination",
    "FirmLadder",
    "GraphService",
]

# The views whose places are kept from one day to the next.
_KEPT_CENTRES, _KEPT_DEPTH = frozenset({"policy", "title", "department"}), 2
# So much is looked at for a picture before it folds.
_DRAWN = 400


class GraphService:
    """`sources` list everything there is, for a full rebuild; a single change comes through `take`."""

    def __init__(
        self,
        store: GraphStore,
        clock: Clock,
        sources: Iterable[Callable[[], Iterable[Contribution]]],
        eligibility: EligibilityService,
        companies: CompanyService,
    ) -> None:
        self._keeper = MapKeeper(store, clock, sources)
        self._layouts = LayoutStore()
        self._clock = clock
        self._firms = FirmQuestions(self._keeper.current, eligibility, companies)
        self._messages_about: Callable[[str], int] | None = None

    def ask_messages_of(self, count: Callable[[str], int]) -> None:
        """Tie in who knows how many messages rest on a policy; that room stands above this one."""
        self._messages_about = count

    def take(self, contribution: Contribution) -> None:
        """One record changed: its own part, and nothing else, is written. Twice does no harm."""
        self._keeper.take(contribution)

    def rebuild(self) -> tuple[int, int]:
        """Write all parts again from the records; returns the numbers of nodes and links."""
        return self._keeper.rebuild()

    def current(self) -> PolicyMap:
        """The map as the database has it now."""
        return self._keeper.current()

    def today(self) -> date:
        """The day that is meant where none is named."""
        return self._clock.today()

    def around(
        self, start: str, depth: int, kinds: Collection[str], on: date | None, limit: int
    ) -> Neighbourhood:
        """What lies around a node; NotFoundError when there is no such node."""
        policy_map = self.current()
        _known(policy_map, start)
        return neighbourhood(policy_map, start, depth, frozenset(kinds), on, limit)

    def picture(self, start: str, depth: int, kinds: Collection[str], on: date | None) -> Picture:
        """The same drawn for a phone; things stand where they stood when the view was drawn before."""
        around = self.around(start, depth, kinds, on, _DRAWN)
        view = f"{around.nodes[0].id}|{depth}"
        kept = around.nodes[0].kind in _KEPT_CENTRES and depth <= _KEPT_DEPTH
        previous = self._layouts.get(view) if kept else {}
        picture = picture_of(around, on or self.today(), previous)
        if kept and not kinds and on is None and picture.layout.slots != previous:
            self._layouts.put(view, picture.layout.slots, self._clock.now())
        return picture

    def lineage(self, node: str, on: date | None) -> Lineage:
        """What is in force instead of a policy or rule version on a day; NotFoundError for anything else."""
        policy_map = self.current()
        found = _known(policy_map, node, "policy", "version")
        return lineage(policy_map, found.id, on or self.today())

    def touched(self, node: str, on: date | None) -> tuple[Touched, ...]:
        """What the end of a policy would touch; NotFoundError for anything else."""
        policy_map = self.current()
        found = _known(policy_map, node, "policy")
        return touched_by_end(policy_map, found.id, on or self.today())

    def messages_about(self, node: str) -> int | None:
        """How many messages to firms rest on a policy; None where nobody was tied in who knows."""
        found = _known(self.current(), node, "policy")
        return self._messages_about(found.key) if self._messages_about else None

    def ladder(self, on: date | None) -> tuple[Rung, ...]:
        """All titles from the lowest up."""
        return ladder(self.current(), on or self.today())

    def firm_ladder(self, uscc: str, caller: Caller, on: date | None) -> FirmLadder:
        """Where a firm stands on the ladder, for those who may know the firm."""
        return self._firms.ladder(uscc, caller, on or self.today())

    def firm_combination(self, uscc: str, caller: Caller, on: date | None) -> FirmCombination:
        """The best a firm can have of what it qualifies for, for those who may know the firm."""
        return self._firms.combination(uscc, caller, on or self.today())

    def paths(
        self, start: str, to: str | None, uscc: str | None, caller: Caller, on: date | None
    ) -> tuple[Path, ...]:
        """How a helper gets one nearer to titles; for a firm only by the conditions it does not meet yet."""
        policy_map, day = self.current(), on or self.today()
        helper = _known(policy_map, start, *HELPERS)
        title = _known(policy_map, to, "title").id if to else None
        open_conditions = self._firms.open_conditions(uscc, caller, day) if uscc else None
        return paths(policy_map, helper.id, day, title, open_conditions)

    def responsibility(self, department: str, on: date | None) -> Responsibility:
        """What a department answers for; NotFoundError when there is no such department."""
        policy_map = self.current()
        return responsibility(policy_map, _known(policy_map, department, "department").id, on or self.today())

    def unanswered(self, on: date | None) -> tuple[Duty, ...]:
        """The measures and tasks of plans in force that nobody answers for."""
        return unanswered(self.current(), on or self.today())

    def health(self) -> tuple[Ailment, ...]:
        """Everything that is wrong with the map."""
        return examine(self.current())


def _known(policy_map: PolicyMap, node_id: str, *kinds: str) -> Node:
    node = policy_map.node(node_id)
    if node is None or (kinds and node.kind not in kinds):
        raise NotFoundError("节点", node_id)
    return node
