"""The portrait as one page to print: plain HTML, no script, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_STYLE = (
    "body{font-family:'Noto Sans CJK SC','Microsoft YaHei',sans-serif}"
    "body{margin:2em auto;max-width:50em;color:#222}"
    "table{border-collapse:collapse;width:100%;margin:.5em 0 1.5em}"
    "th,td{border:1px solid #bbb;padding:.3em .6em;text-align:right}"
    "th:first-child,td:first-child{text-align:left}"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin-bottom:.2em}.note{color:#666;font-size:.9em}"
    "@media print{body{margin:0}}"
)


def page_html(portrait: Mapping[str, Any]) -> str:
    """The whole page."""
    peers = portrait["peers"]
    among = f"同类：{peers['field']}，{peers['size']}" if peers else "同类：资料不足，暂不比较"
    parts = [
        f"<h1>企业画像　{_text(portrait['name'])}</h1>",
        f"<p class=note>{_text(portrait['uscc'])}　截至 {_text(portrait['as_of'][:10])}　{_text(among)}</p>",
        "<h2>知识产权</h2>",
        _table(
            ("种类", "件数", "同类下四分位", "同类中位数", "同类上四分位"),
            [_ip(item) for item in portrait["ip"]],
        ),
        "<h2>历年情况与同类企业</h2>",
        *(_series(series) for series in portrait["series"]),
        "<h2>已有资质</h2>",
        _table(("资质", "有效期至"), [(title["label"], title["valid_to"]) for title in portrait["titles"]]),
        "<h2>档案完整程度</h2>",
        _completeness(portrait["completeness"]),
        "<h2>上次查看以来的变化</h2>",
        _changed(portrait["changed"]),
    ]
    title = f"企业画像 {_text(portrait['name'])}"
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{"".join(parts)}</body></html>'


def _ip(item: Mapping[str, Any]) -> Sequence[Any]:
    return [item[name] for name in ("label", "value", "lower_quartile", "median", "upper_quartile")]


def _series(series: Mapping[str, Any]) -> str:
    rows = [
        ("本企业", *map(_figure, series["values"])),
        ("同类中位数", *map(_figure, series["median"])),
        ("同类下四分位", *map(_figure, series["lower_quartile"])),
        ("同类上四分位", *map(_figure, series["upper_quartile"])),
    ]
    heads = (f"{series['label']}（{series['unit']}）", *(f"{year}年" for year in series["years"]))
    return _table(heads, rows)


def _completeness(found: Mapping[str, Any]) -> str:
    question = found["next_question"]
    text = f"所需 {found['asked']} 项，已知 {found['known']} 项。"
    if question:
        text += f"最值得补充的一项：{question['question'] or question['label']}"
    return f"<p>{_text(text)}</p>"


def _changed(changed: Mapping[str, Any]) -> str:
    if not changed["since"]:
        return "<p class=note>首次查看。</p>"
    rows = [(fact["label"], fact["period"], _figure(fact["value"])) for fact in changed["facts"]]
    return _table(("事实", "所属期", "新值"), rows) if rows else "<p class=note>没有变化。</p>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    if not rows:
        return "<p class=note>没有资料。</p>"
    head = "".join(f"<th>{_text(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _figure(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _text(value: Any) -> str:
    return escape("—" if value is None else str(value))
