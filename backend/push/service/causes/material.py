"""A material change: who follows the policy or qualifies for it hears what was changed, field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from backend.catalogue.service import PublishedPolicy
from backend.push.service.causes.firms import Chosen
from backend.push.service.telling import WITHDRAWN, Teller, Telling
from backend.push.service.walking import Waiting
from backend.push.service.wording import material_message
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.answers import TOLD
from backend.push.store.runs import MatchRun
from policies.sheet import Sheet

# What a firm may hear of: sheet field -> label. Remarks, sources and worked cases are the editors' own.
FIELDS: Mapping[str, str] = {
    "title": "名称",
    "stage": "阶段",
    "validity": "有效期",
    "areas": "适用区域",
    "industries": "适用产业",
    "summary": "摘要",
    "key_points": "要点",
    "rules": "条件与申报时间",
}
_PARTS: Mapping[str, str] = {
    "from": "起",
    "to": "止",
    "who": "对象",
    "what": "内容",
    "how_much": "额度",
    "when": "时间",
    "where": "地点",
    "materials": "材料",
    "windows": "申报时间",
    "all": "条件",
}


class MaterialLook:
    """Runs after the same version's answers: whoever heard of a new answer is not told twice."""

    def __init__(self, run: MatchRun, stores: PushStores, world: World, teller: Teller) -> None:
        self._run, self._stores, self._world, self._teller = run, stores, world, teller
        live = {policy.slug: policy for policy in world.published()}
        policy = live.get(run.policy)
        self.note = WITHDRAWN if policy is None else ""
        if policy is None:
            return
        answers = stores.runs.find(answers_run(run.policy, run.version))
        if answers is not None and not answers.finished:
            raise Waiting
        if policy.version != run.version:
            self.note = "已有更新的版本"
            return
        self._policy = policy
        self._changes = changes_since(run, [policy], stores, world)
        if not self._changes:
            self.note = "没有企业需要知道的改动"
        self._followers: dict[str, list[str]] = defaultdict(list)
        for follow in stores.follows.of_policy(run.policy):
            self._followers[follow.uscc].append(follow.person)
        eligible = set(_all_firms(stores, run.policy)) & set(world.pool.all_members())
        self._eligible = eligible
        self.firms = Chosen({*eligible, *self._followers})

    def match(self, usccs: Sequence[str]) -> None:
        told = self._stores.messages.told_by(usccs, answers_run(self._run.policy, self._run.version))
        bound = self._world.persons_of(usccs)
        tellings = []
        for uscc in usccs:
            if uscc in told:
                continue
            message = material_message(uscc, self._run, self._policy, self._changes, uscc in self._eligible)
            following = [p for p in self._followers.get(uscc, ()) if p in bound.get(uscc, ())]
            persons = None if uscc in self._eligible else tuple(following)
            if persons is None or persons:
                tellings.append(Telling(message, persons))
        self._teller.tell(tellings, self._run.id)


def answers_run(slug: str, version: int) -> str:
    """The id of the run that compares the answers of a published version."""
    return f"{slug}@{version}"


def changes_since(
    run: MatchRun, policies: Sequence[PublishedPolicy], stores: PushStores, world: World
) -> list[dict[str, Any]]:
    """What was changed since the version firms last heard of, field by field."""
    if run.change != "updated" or not policies:
        return []
    earlier = [
        found
        for number in range(run.version - 1, 0, -1)
        if (found := stores.runs.find(answers_run(run.policy, number))) is not None and not found.note
    ]
    before = world.sheet_of_version(run.policy, earlier[0].version if earlier else run.version - 1)
    return field_changes(before, policies[0].sheet) if before else []


def field_changes(before: Sheet, after: Sheet) -> list[dict[str, Any]]:
    """Field by field: what it was and what it is."""
    old, new = before.model_dump(mode="json", by_alias=True), after.model_dump(mode="json", by_alias=True)
    found: list[dict[str, Any]] = []
    for name, label in FIELDS.items():
        if name == "rules":
            found += _rule_changes(old["rules"], new["rules"])
        elif isinstance(new[name], dict):
            found += _parts(name, label, old[name], new[name])
        elif old[name] != new[name]:
            found.append(_change(name, label, old[name], new[name]))
    return found


def _rule_changes(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    before, after = {rule["id"]: rule for rule in old}, {rule["id"]: rule for rule in new}
    found = []
    for rule in {**before, **after}:
        if rule not in before or rule not in after:
            word = ("无", "新增") if rule in after else ("有", "删去")
            found.append(_change(f"rules.{rule}", f"规则 {rule}", *word))
            continue
        found += _parts(f"rules.{rule}", "规则", before[rule], after[rule], ("from", "to"))
        found += _window_changes(rule, before[rule]["windows"], after[rule]["windows"])
        found += _condition_changes(rule, before[rule]["all"], after[rule]["all"])
    return found


def _window_changes(
    rule: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    def shown(windows: Sequence[Mapping[str, Any]]) -> list[str]:
        return [f"{window['open']} 至 {window['close']}" for window in windows]

    same = shown(old) == shown(new)
    return [] if same else [_change(f"rules.{rule}.windows", "申报时间", shown(old), shown(new))]


def _condition_changes(
    rule: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    before, after = {item["id"]: item for item in old}, {item["id"]: item for item in new}
    return [
        _change(
            f"rules.{rule}.{name}",
            f"条件：{(after.get(name) or before[name])['label']}",
            _condition_text(before.get(name)),
            _condition_text(after.get(name)),
        )
        for name in {**before, **after}
        if _bare(before.get(name)) != _bare(after.get(name))
    ]


def _bare(condition: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What decides; labels and remarks may be polished without anybody being told."""
    if condition is None:
        return None
    remarks = {"label", "note", "source", "clause", "help", "fix"}
    return {
        key: value for key, value in condition.items() if key not in remarks and value not in (None, [], ())
    }


def _condition_text(condition: Mapping[str, Any] | None) -> str:
    if condition is None:
        return "无"
    decisive = {key: value for key, value in (_bare(condition) or {}).items() if key not in ("id", "fact")}
    return "；".join(f"{key}: {value}" for key, value in decisive.items())


def _parts(
    name: str, label: str, old: Mapping[str, Any], new: Mapping[str, Any], only: Sequence[str] = ()
) -> list[dict[str, Any]]:
    return [
        _change(f"{name}.{part}", f"{label}{_PARTS[part]}", old.get(part), new.get(part))
        for part in new
        if part in _PARTS and (not only or part in only) and old.get(part) != new.get(part)
    ]


def _change(name: str, label: str, before: Any, after: Any) -> dict[str, Any]:
    return {"field": name, "label": label, "before": before, "after": after}


def _all_firms(stores: PushStores, slug: str) -> list[str]:
    return [uscc for uscc, answer in stores.answers.of_policy(slug).items() if answer.status in TOLD]
