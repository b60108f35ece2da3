"""What a policy gives: amounts, and the limits several supports share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_serializer, model_validator

from policies.conditions import Frozen
from policies.conditions.written import Written
from policies.facts.values import read_number
from policies.rules import Mark

ID = r"^[a-z0-9][a-z0-9-]{0,62}$"
# "#id" stands in the same sheet, "slug#id" in another one.
PLACE = r"^([a-z0-9][a-z0-9-]{1,62})?#[a-z0-9][a-z0-9-]{0,62}$"
_POLICY_OR_PLACE = r"^([a-z0-9][a-z0-9-]{1,62}|([a-z0-9][a-z0-9-]{1,62})?#[a-z0-9][a-z0-9-]{0,62})$"
_MOST = 10**12


def _whole_yuan(written: int | str) -> int | str:
    amount = read_number(written)
    if not 0 <= amount <= _MOST or amount.denominator != 1:
        raise ValueError("金额应为不小于 0、不超过 1 万亿的整数元，如 20万")
    return written


Money = Annotated[Written, AfterValidator(_whole_yuan)]
Place = Annotated[str, Field(pattern=PLACE)]
PolicyOrPlace = Annotated[str, Field(pattern=_POLICY_OR_PLACE)]


class _Given(Frozen):
    """A support or a limit; empty fields are not written out."""

    id: str = Field(pattern=ID)
    title: str = Field(min_length=1)
    amount: Money | None = None
    clause: str = ""
    mark: Mark | None = None
    note: str = ""

    @property
    def yuan(self) -> int | None:
        """The amount in whole 元; None where no source says it."""
        return None if self.amount is None else int(read_number(self.amount))

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        empty: tuple[Any, ...] = (None, "", [], ())
        return {key: value for key, value in write(self).items() if value not in empty or value == 0}


class Support(_Given):
    """One thing given: a fixed `amount`, or `at_most` where only a ceiling is known; neither: unknown.

    `rules` names the rule versions whose applicants get it (none named: all). Of a `best_of` group at most
    one is paid; `cap` is the limit it counts towards.
    """

    kind: str = ""
    at_most: Money | None = None
    rules: tuple[str, ...] = ()
    excludes: tuple[PolicyOrPlace, ...] = ()
    stacks_with: tuple[PolicyOrPlace, ...] = ()
    best_of: tuple[Place, ...] = ()
    cap: Place | None = None

    @property
    def ceiling(self) -> int | None:
        """The ceiling in whole 元; None where there is none or none is known."""
        return None if self.at_most is None else int(read_number(self.at_most))

    @model_validator(mode="after")
    def _one_amount(self) -> Support:
        if self.amount is not None and self.at_most is not None:
            raise ValueError(f"支持 {self.id} 的 amount 与 at_most 只写一个")
        return self


class Limit(_Given):
    """What several supports share: a `cap` on their sum, which may lie within a wider one, or `best_of`:
    only the best of them is paid (从优不重复). A support counts towards one cap, so caps never cross."""

    kind: Literal["cap", "best_of"]
    within: Place | None = None

    @model_validator(mode="after")
    def _only_caps_have_amounts(self) -> Limit:
        if self.kind == "best_of" and (self.amount is not None or self.within):
            raise ValueError(f"限制 {self.id} 是从优不重复，不写 amount 和 within")
        return self


def problem_in(
    supports: tuple[Support, ...], limits: tuple[Limit, ...], rule_ids: frozenset[str]
) -> str | None:
    """What is wrong between supports, limits and rules of one sheet (Chinese); None when all fits."""
    names = [*(support.id for support in supports), *(limit.id for limit in limits)]
    twin = next((name for name in names if names.count(name) > 1), None)
    if twin:
        return f"支持或限制 {twin} 重复"
    kinds = {limit.id: limit.kind for limit in limits}
    asked = [(place, "best_of") for support in supports for place in support.best_of]
    asked += [(given.cap, "cap") for given in supports if given.cap]
    asked += [(limit.within, "cap") for limit in limits if limit.within]
    for place, kind in asked:
        if place.startswith("#") and kinds.get(place[1:]) != kind:
            return f"没有类别为 {kind} 的限制 {place}"
    own = {f"#{support.id}" for support in supports}
    for support in supports:
        for place in (*support.excludes, *support.stacks_with):
            if place.startswith("#") and place not in own - {f"#{support.id}"}:
                return f"支持 {support.id} 提到的 {place} 不是本表的另一项支持"
        for rule in support.rules:
            if rule not in rule_ids:
                return f"支持 {support.id} 提到的规则 {rule} 不存在"
    return None
