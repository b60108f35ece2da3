"""The WeChat client against a server that behaves like the real one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest

from backend.adapters.wechat import (
    StandInWechat,
    WechatClient,
    WechatCodeError,
    WechatDownError,
    WechatRefusedError,
    WechatUnclearError,
)
from backend.shared.clock import SHANGHAI, FixedClock
from tests.standins.wechat import APPID, SECRET, WechatServer, wechat_server

VALUES = {"thing1": "高新技术企业认定"}


@pytest.fixture
def server() -> Iterator[WechatServer]:
    with wechat_server() as running:
        yield running


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI))


@pytest.fixture
def wechat(server: WechatServer, clock: FixedClock) -> Iterator[WechatClient]:
    client = WechatClient(APPID, SECRET, clock, server.address)
    yield client
    client.close()


def test_a_code_gives_the_openid_once(server: WechatServer, wechat: WechatClient) -> None:
    server.codes["c1"] = "o-lin"
    assert wechat.code2session("c1") == "o-lin"
    with pytest.raises(WechatCodeError):
        wechat.code2session("c1")


@pytest.mark.parametrize("fault", [-1, 45011, "garbage", "drop", "503"])
def test_a_sign_in_that_fails_outside_may_be_tried_again(
    server: WechatServer, wechat: WechatClient, fault: int | str
) -> None:
    server.faults = [fault]
    with pytest.raises(WechatDownError):
        wechat.code2session("c1")


def test_a_message_is_sent_in_its_own_characters(server: WechatServer, wechat: WechatClient) -> None:
    server.permits["o-lin"] = 1
    wechat.send_subscribe_message("o-lin", "template-1", VALUES, page="pages/inbox")
    assert server.sent[0]["data"] == {"thing1": {"value": "高新技术企业认定"}}
    assert server.sent[0]["lang"] == "zh_CN"


def test_one_permit_is_one_message(server: WechatServer, wechat: WechatClient) -> None:
    server.permits["o-lin"] = 1
    wechat.send_subscribe_message("o-lin", "template-1", VALUES)
    with pytest.raises(WechatRefusedError) as refusal:
        wechat.send_subscribe_message("o-lin", "template-1", VALUES)
    assert refusal.value.errcode == 43101
    assert len(server.sent) == 1


@pytest.mark.parametrize(
    ("template", "values", "errcode"),
    [("template-2", VALUES, 40037), ("template-1", {"thing1": "长" * 21}, 47003)],
)
def test_what_is_wrong_stays_refused(
    server: WechatServer, wechat: WechatClient, template: str, values: dict[str, str], errcode: int
) -> None:
    server.permits["o-lin"] = 1
    with pytest.raises(WechatRefusedError) as refusal:
        wechat.send_subscribe_message("o-lin", template, values)
    assert refusal.value.errcode == errcode


def test_the_daily_quota_passes(server: WechatServer, wechat: WechatClient) -> None:
    server.daily_quota = 0
    with pytest.raises(WechatDownError) as down:
        wechat.send_subscribe_message("o-lin", "template-1", VALUES)
    assert down.value.errcode == 45009


@pytest.mark.parametrize("fault", ["drop", "garbage"])
def test_a_lost_answer_to_a_send_is_unclear_and_not_repeated(
    server: WechatServer, wechat: WechatClient, fault: str
) -> None:
    server.permits["o-lin"] = 2
    wechat.send_subscribe_message("o-lin", "template-1", VALUES)
    server.faults = [fault]
    with pytest.raises(WechatUnclearError):
        wechat.send_subscribe_message("o-lin", "template-1", VALUES)
    assert len(server.sent) == 2


def test_a_stale_token_is_renewed_once(server: WechatServer, wechat: WechatClient) -> None:
    server.permits["o-lin"] = 2
    wechat.send_subscribe_message("o-lin", "template-1", VALUES)
    server.expire_token()
    wechat.send_subscribe_message("o-lin", "template-1", VALUES)
    assert server.tokens_given == 2
    server.faults = [42001, 0, 42001]
    with pytest.raises(WechatDownError):
        wechat.send_subscribe_message("o-lin", "template-1", VALUES)


def test_a_token_is_asked_for_again_before_it_ends(
    server: WechatServer, wechat: WechatClient, clock: FixedClock
) -> None:
    server.permits["o-lin"] = 3
    for minutes, asked in ((0, 1), (115, 1), (2, 2)):
        clock.move(minutes=minutes)
        wechat.send_subscribe_message("o-lin", "template-1", VALUES)
        assert server.token_requests == asked
    # Asked again, the server gives the same token while it is valid.
    assert server.tokens_given == 1


def test_two_workers_share_one_token(server: WechatServer, wechat: WechatClient, clock: FixedClock) -> None:
    other = WechatClient(APPID, SECRET, clock, server.address)
    server.permits["o-lin"] = 3
    for worker in (wechat, other, wechat):  # a token of its own would end the first one's
        worker.send_subscribe_message("o-lin", "template-1", VALUES)
    other.close()
    assert (server.token_requests, server.tokens_given) == (2, 1)


def test_no_connection_is_down_and_names_no_secret(clock: FixedClock) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"refused {request.url}")

    wechat = WechatClient(APPID, SECRET, clock, "http://127.0.0.1:1", httpx.MockTransport(refuse))
    with pytest.raises(WechatDownError) as down:
        wechat.send_subscribe_message("o-lin", "template-1", VALUES)
    assert SECRET not in str(down.value)
    assert down.value.__cause__ is None


def test_the_stand_in_knows_only_demo_codes() -> None:
    assert StandInWechat().code2session("demo-lin") == "stand-in-lin"
    with pytest.raises(WechatCodeError):
        StandInWechat().code2session("c1")
