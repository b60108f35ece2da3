"""What a firm is told apart from its answer, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import blake2s
from typing import Any

from backend.catalogue.service import PublishedPolicy
from backend.push.limits import kind_named
from backend.push.service.answer_wording import about, why_of
from backend.push.service.world import Found, Help
from backend.push.store.campaigns import Campaign
from backend.push.store.follows import Follow
from backend.push.store.messages import Message, NewMessage
from backend.push.store.runs import MatchRun
from policies.deadlines import Deadline, Reminder
from policies.eligibility import ConditionAnswer, Question, Verdict


def material_message(
    uscc: str,
    run: MatchRun,
    policy: PublishedPolicy,
    changes: Sequence[Mapping[str, Any]],
    eligible: bool,
) -> NewMessage:
    """What was changed in a policy the firm qualifies for or a person follows."""
    title = f"《{policy.sheet.title}》有重要变化"
    text = [
        f"{change['label']}：由“{_shown(change['before'])}”改为“{_shown(change['after'])}”。"
        for change in changes
    ]
    why = {
        **about(run, policy),
        "because": "您的企业符合或可能符合这项政策" if eligible else "您关注了这项政策",
        "changes": list(changes),
    }
    message = _message(uscc, run, policy, "material", f"{policy.slug}.material", title, text, why)
    return replace(message, addressed=not eligible)


def deadline_message(
    uscc: str, run: MatchRun, reminder: Reminder, version: int, followed: bool
) -> NewMessage:
    """A day that comes near; the target day is part of the key."""
    deadline = reminder.deadline
    about = f"{deadline.policy}." if deadline.policy else ""
    counted = "按自然日计算，该年节假日安排尚未收录" if reminder.natural else f"提前 {reminder.lead} 个工作日"
    why = {
        "policy": deadline.policy or None,
        "version": version or None,
        "deadline": deadline.day.isoformat(),
        "deadline_label": deadline.label,
        "lead_workdays": reminder.lead,
        "counted": counted,
        "source": deadline.source,
        "mark": deadline.mark,
        "because": "您关注了这项政策" if followed else "与您的企业有关",
    }
    return NewMessage(
        uscc=uscc,
        policy=deadline.policy,
        version=version,
        kind="deadline",
        cause=f"{about}{deadline.key}-{reminder.lead}",
        day=deadline.day.isoformat(),
        run=run.id,
        title=f"{deadline.label}：{_chinese(deadline.day)}",
        text=f"{deadline.label}为 {deadline.day.isoformat()}（{counted}）。{_source(deadline)}",
        why=why,
        worth=kind_named("deadline").worth,
        addressed=followed,
    )


def question_message(uscc: str, run: MatchRun, question: Question, titles: Mapping[str, str]) -> NewMessage:
    """One fact is asked; nothing is promised."""
    asked = question.as_dict()
    years = "、".join(f"{period}年" for period in question.periods)
    policies = "、".join(f"《{titles[slug]}》" for slug in question.settles)
    cause = ".".join(["question", question.fact, *question.periods])
    return NewMessage(
        uscc=uscc,
        policy=question.settles[0] if len(question.settles) == 1 else "",
        version=0,
        kind="question",
        cause=cause,
        day=run.day.isoformat(),
        run=run.id,
        title=f"请补充一项信息：{years}{asked['label']}",
        text=f"{asked['question']}{f'（{years}）' if years else ''}知道这一项，就能判断{policies}。",
        why={"question": asked, "policies": list(question.settles), "on": run.day.isoformat()},
        worth=kind_named("question").worth,
    )


def help_message(
    uscc: str,
    run: MatchRun,
    offered: Help,
    policy: PublishedPolicy,
    verdict: Verdict,
    closed: Sequence[ConditionAnswer],
) -> NewMessage:
    """A course or an institution helps with what the firm lacks."""
    word = "课程" if offered.kind == "course" else "机构"
    gaps = "；".join(answer.label for answer in closed)
    when = f"时间：{offered.day.isoformat()}。" if offered.day else ""
    message = _message(
        uscc,
        run,
        policy,
        "help",
        f"{offered.kind}.{offered.id}",
        f"有{word}可帮助您：{offered.title}",
        [f"《{verdict.title}》您还差：{gaps}。", f"{word}“{offered.title}”与此有关。", when],
        {**why_of(run, policy, verdict, None), "help": {"kind": offered.kind, "id": offered.id}},
    )
    return replace(message, day=offered.day.isoformat()) if offered.day else message


def notice_message(uscc: str, run: MatchRun, campaign: Campaign) -> NewMessage:
    """Staff's own words, approved by a second person."""
    why = {"because": "工作人员发送", "author": campaign.author, "approver": campaign.approver}
    return plain_message(
        uscc, "notice", f"notice.{campaign.id}", run.day, campaign.title, campaign.text, why, run.id
    )


def correction_message(uscc: str, run: MatchRun, told: Sequence[Message]) -> NewMessage:
    """One correction for all that a firm was told of a withdrawn policy."""
    name = next(
        (str(m.why["title"]) for m in told if m.why.get("title")), told[0].title if told else run.policy
    )
    why = {"policy": run.policy, "version": run.version, "corrects": [message.id for message in told]}
    message = plain_message(
        uscc,
        "correction",
        f"{run.policy}.withdrawn",
        run.day,
        f"更正：《{name}》已撤回",
        f"此前发送的关于《{name}》的消息不再有效，请勿据此申报。",
        why,
        run.id,
    )
    return replace(message, policy=run.policy, version=run.version, addressed=True)


def search_message(follow: Follow, fresh: Sequence[Found], today: date) -> NewMessage:
    """What a followed search newly finds, all of it."""
    mark = blake2s("|".join(sorted(item.id for item in fresh)).encode(), digest_size=6).hexdigest()
    number = blake2s(follow.id.encode(), digest_size=6).hexdigest()
    why = {"because": f"您关注了检索“{follow.text}”", "items": [vars(item) for item in fresh]}
    message = plain_message(
        follow.uscc,
        "search",
        f"search.{number}.{mark}",
        today,
        f"检索“{follow.text}”有 {len(fresh)} 项新内容",
        "；".join(item.title for item in fresh),
        why,
        f"searches@{today.isoformat()}",
    )
    return replace(message, addressed=True)


def plain_message(
    uscc: str, kind: str, cause: str, day: date, title: str, text: str, why: Mapping[str, Any], run: str
) -> NewMessage:
    """A message that rests on no rule."""
    return NewMessage(
        uscc, "", 0, kind, cause, day.isoformat(), run, title, text, why, worth=kind_named(kind).worth
    )


def _message(
    uscc: str,
    run: MatchRun,
    policy: PublishedPolicy,
    kind: str,
    cause: str,
    title: str,
    text: Iterable[str],
    why: Mapping[str, Any],
    carried: bool = True,
) -> NewMessage:
    return NewMessage(
        uscc=uscc,
        policy=policy.slug,
        version=policy.version,
        kind=kind,
        cause=cause,
        day=run.day.isoformat(),
        run=run.id,
        title=title,
        text="".join(text),
        why=why,
        worth=kind_named(kind).worth,
        carried=carried,
    )


def _source(deadline: Deadline) -> str:
    return f"依据：{deadline.source}。" if deadline.source else "依据未写明，以正式通知为准。"


def _shown(value: Any) -> str:
    """A field's value in a sentence."""
    if isinstance(value, list | tuple):
        return "、".join(map(str, value)) or "无"
    return "无" if value in (None, "") else str(value)


def _chinese(day: date) -> str:
    return f"{day.month}月{day.day}日"
