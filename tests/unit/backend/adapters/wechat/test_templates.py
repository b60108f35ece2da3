"""Template fields are cut to WeChat's limits; receipts are read in every form they come in."""

from __future__ import annotations

from typing import Any

import pytest

from backend.adapters.wechat import check_signature, fit, read_receipts
from tests.standins.wechat import signed


@pytest.mark.parametrize(
    ("key", "text", "shown"),
    [
        ("thing1", "短", "短"),
        ("thing1", "一二三四五六七八九十一二三四五六七八九十", "一二三四五六七八九十一二三四五六七八九十"),
        ("thing1", "一二三四五六七八九十一二三四五六七八九十多", "一二三四五六七八九十一二三四五六七八九…"),
        ("thing2", "两行\n文字", "两行 文字"),
        ("date4", "2026-05-06", "2026年5月6日"),
        ("phrase3", "一二三四五六", "一二三四…"),
        ("character_string6", "x" * 40, "x" * 32),
    ],
)
def test_a_value_fits_its_field(key: str, text: str, shown: str) -> None:
    assert fit(key, text) == shown


def test_only_who_knows_the_token_may_report() -> None:
    given = signed("secret")
    assert check_signature("secret", **given)
    assert not check_signature("other", **given)


@pytest.mark.parametrize(
    ("entries", "refs"),
    [
        ({"MsgID": 7, "ErrorCode": "0"}, [("7", True)]),
        ([{"MsgID": "7", "ErrorCode": 0}, {"MsgID": "8", "ErrorCode": "43101"}], [("7", True), ("8", False)]),
        ([{"TemplateId": "x"}, "nonsense", None], []),
        ("nonsense", []),
    ],
)
def test_receipts_come_alone_or_as_a_list(entries: Any, refs: list[tuple[str, bool]]) -> None:
    event = {"Event": "subscribe_msg_sent_event", "List": entries}
    assert [(receipt.ref, receipt.arrived) for receipt in read_receipts(event)] == refs
    assert read_receipts({"Event": "subscribe_msg_popup_event", "List": entries}) == []
