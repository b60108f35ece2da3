"""What carriers do: permits, errors of three kinds, receipts, doubt; by servers that behave like theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from backend.adapters.mail import MailClient
from backend.adapters.wechat import WechatClient
from backend.push.service import PushService
from backend.push.service.carriers import MailCarrier, WechatCarrier
from backend.push.service.dispatching import Pace
from backend.shared.caller import Caller
from backend.shared.errors import CarrierDownError, CarrierRefusedError, CarrierUnclearError
from tests.standins.mail import MailServer, bounce_of, mail_server
from tests.standins.wechat import APPID, SECRET, WechatServer, wechat_server
from tests.unit.backend.push.room import Room, firm_code, policy


def told(room: Room, permits: int = 1, person: str = "lin") -> None:
    """One firm with one message on its way to one person by WeChat."""
    room.add_firms({1: 5})
    room.bind(person, 1)
    room.on_wechat(person, permits)
    room.publish(policy())


def states(room: Room, carrier: str = "wechat") -> list[tuple[str, str]]:
    return [(row.state, row.reason) for row in room.deliveries(1, carrier)]


def left(room: Room, person: str = "lin") -> int:
    return len(room.stores.permits.free([person]).get((person, "policy"), ()))


def test_a_send_spends_a_permit_and_waits_for_its_receipt(room: Room) -> None:
    told(room, permits=2)
    room.tick()
    assert (states(room), left(room)) == ([("sent", "")], 1)
    assert room.push.receive("wechat", "wechat-1", True, "0")
    assert room.push.receive("wechat", "wechat-1", True, "0")  # doubled
    assert room.push.receive("wechat", "wechat-1", False, "43101")  # and contradicting itself, late
    assert states(room) == [("delivered", "")]
    assert not room.push.receive("wechat", "nobody-knows", True, "0")
    (row,) = room.deliveries(1, "wechat")
    assert [step["state"] for step in row.history] == ["pending", "sending", "sent", "delivered"]
    view = room.push.inbox.read_message(row.message, room.reader("lin", 1))
    assert view.permits[row.id] == "lin:policy:tap-policy-0"
    assert view.refs[row.id] == "wechat-1"


def test_an_error_that_passes_is_tried_again_later_and_costs_nothing(room: Room) -> None:
    told(room)
    room.wechat.faults = [CarrierDownError("忙")]
    room.wechat.wait = lambda now: now + timedelta(minutes=1)
    room.tick()
    assert (states(room), left(room), room.wechat.sent) == ([("pending", "忙")], 1, [])
    room.push.deliver_due()
    assert room.wechat.sent == []  # not yet
    room.clock.move(minutes=2)
    room.push.deliver_due()
    assert (states(room), left(room)) == ([("sent", "")], 0)


def test_a_carrier_that_asks_to_wait_is_left_alone_by_all_messages(room: Room) -> None:
    told(room, permits=3)
    room.wechat.faults = [CarrierDownError("忙"), CarrierRefusedError("不应再试")]
    room.wechat.wait = lambda now: now + timedelta(minutes=10)
    room.tick()
    room.publish(policy("beta"))
    room.clock.move(minutes=5)
    room.tick()
    assert (len(room.wechat.faults), [state for state, _ in states(room)]) == (1, ["pending", "pending"])
    room.wechat.faults.clear()
    room.clock.move(minutes=6)
    room.tick()
    assert len(room.wechat.sent) == 2


def test_an_error_that_stays_ends_the_delivery_and_gives_the_permit_back(room: Room) -> None:
    told(room)
    room.wechat.faults = [CarrierRefusedError("模板有误")]
    room.tick()
    room.tick()
    assert (states(room), left(room), room.wechat.sent) == ([("not_sent", "模板有误")], 1, [])
    assert room.wechat.refusals == ["lin"]


def test_what_nobody_can_tell_is_shown_and_never_sent_again(room: Room) -> None:
    told(room, permits=2)
    room.wechat.faults = [CarrierUnclearError("断线")]
    room.tick()
    room.clock.move(days=1)
    room.tick()
    assert (states(room), left(room), room.wechat.sent) == ([("unknown", "发送结果未知")], 1, [])
    assert "发送结果未知" in [item.what for item in room.push.checking.missing()]


class KilledError(BaseException):
    """Stands for the end of the process."""


def test_killed_between_sending_and_receipt_the_result_stays_in_doubt(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(room, permits=2)
    room.push.match_policy("alpha@1")

    def killed(*_args: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(room.stores.batches, "put", killed)
        with pytest.raises(KilledError):
            room.push.deliver_due()
    assert len(room.wechat.sent) == 1
    room.clock.move(minutes=3)
    room.tick()
    assert (len(room.wechat.sent), states(room)) == (1, [("unknown", "发送结果未知")])
    assert room.push.checking.report()
    room.tick()
    assert room.push.inbox.read_inbox(Caller("staff", "wang"), 10, None)[1] == 1


def test_killed_after_the_receipt_was_written_the_worker_after_it_knows(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(room)
    room.push.match_policy("alpha@1")
    real = room.stores.batches.put

    def killed(*args: Any) -> None:
        real(*args)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(room.stores.batches, "put", killed)
        with pytest.raises(KilledError):
            room.push.deliver_due()
    room.clock.move(minutes=3)
    room.tick()
    assert (len(room.wechat.sent), states(room)) == (1, [("sent", "")])


def test_killed_after_the_permit_was_spent_it_is_not_spent_twice(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(room, permits=3)
    room.push.match_policy("alpha@1")
    real = room.stores.permits.spend

    def killed(*args: Any) -> None:
        real(*args)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(room.stores.permits, "spend", killed)
        with pytest.raises(KilledError):
            room.push.deliver_due()
    room.clock.move(minutes=3)
    room.tick()
    assert (len(room.wechat.sent), left(room)) == (1, 2)


def test_a_withdrawal_while_the_batch_is_prepared_still_stops_it(room: Room) -> None:
    told(room)
    room.push.match_policy("alpha@1")
    real = room.stores.permits.spend

    def late(*args: Any) -> Any:
        if "alpha" in room.live:
            room.withdraw("alpha")
        return real(*args)

    room.stores.permits.spend = late  # type: ignore[method-assign]
    room.push.deliver_due()
    assert (states(room), room.wechat.sent, left(room)) == ([("not_sent", "政策已撤回")], [], 1)


def test_the_pace_of_a_carrier_is_kept() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(10, lambda: now[0], sleep)
    for _ in range(4):
        pace.wait()
    assert slept == pytest.approx([0.1, 0.1, 0.1])


@pytest.fixture
def server() -> Iterator[WechatServer]:
    with wechat_server() as running:
        running.templates = {"t-policy", "t-deadline"}
        running.permits["openid-lin"] = 100
        yield running


def by_server(room: Room, server: WechatServer) -> None:
    """WeChat for real, by the stand-in server."""
    client = WechatClient(APPID, SECRET, room.clock, server.address)
    templates = {"policy": "t-policy", "deadline": "t-deadline"}
    world = room.push.world

    def carriers(push: PushService) -> list[WechatCarrier]:
        return [WechatCarrier(client, templates, world.openids_of, push.wishes.void)]

    room.push = PushService(world, carriers, stores=room.stores)


def test_wechat_gets_a_template_that_fits(room: Room, server: WechatServer) -> None:
    by_server(room, server)
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin")
    room.publish(policy(title="示例关于促进高新技术企业高质量发展的若干措施"))
    room.tick()
    (sent,) = server.sent
    assert sent["touser"] == "openid-lin"
    values = {key: cell["value"] for key, cell in sent["data"].items()}
    assert values == {
        "thing1": "您符合《示例关于促进高新技术企业高质量…",
        "thing2": "示例企业1",
        "thing3": "资格变化",
        "date4": "2026年5月6日",
    }
    assert sent["page"].endswith(f"?id={firm_code(1)}:alpha.published:2026-05-06")
    for event in server.receipts():
        entries = event["List"] if isinstance(event["List"], list) else [event["List"]]
        assert all(room.push.receive("wechat", entry["MsgID"], True, "0") for entry in entries)
    assert states(room) == [("delivered", "")]


def test_no_permit_at_wechat_voids_the_ledger_and_stops(room: Room, server: WechatServer) -> None:
    by_server(room, server)
    told(room, permits=3)
    server.permits.clear()
    room.tick()
    assert left(room) == 0
    assert [state for state, _ in states(room)] == ["not_sent"]
    room.publish(policy("beta"))
    room.tick()
    assert [reason for _, reason in states(room)] == ["微信拒绝了请求（43101）。", "没有可用的订阅授权"]


def test_an_expired_token_is_renewed_once_and_a_full_quota_waits_for_the_next_day(
    room: Room, server: WechatServer
) -> None:
    by_server(room, server)
    told(room, permits=3)
    room.tick()
    server.faults = [42001]
    room.publish(policy("beta"))
    room.tick()
    assert (len(server.sent), server.token_requests) == (2, 2)
    server.daily_quota = 2
    room.publish(policy("gamma"))
    room.tick()
    assert [state for state, _ in states(room)] == ["sent", "sent", "pending"]
    server.daily_quota = 100
    room.clock.move(hours=3)
    room.tick()
    assert len(server.sent) == 2
    room.clock.move(days=1)
    room.tick()
    assert len(server.sent) == 3


@pytest.mark.parametrize("fault", ["drop", "garbage"])
def test_a_broken_line_leaves_doubt_and_nothing_is_repeated(
    room: Room, server: WechatServer, fault: str
) -> None:
    by_server(room, server)
    told(room, permits=3)
    room.tick()
    server.faults = [fault]
    room.publish(policy("beta"))
    room.tick()
    room.clock.move(days=1)
    room.tick()
    assert [state for state, _ in states(room)] == ["sent", "unknown"]
    assert len(server.sent) == 2


def test_mail_goes_by_a_real_server_and_what_comes_back_is_noted(room: Room) -> None:
    with mail_server() as post:
        by_mail(room, post)
        room.add_firms({1: 5})
        room.bind("lin", 1)
        room.on_mail("lin")
        room.publish(policy())
        room.tick()
        (text,) = post.texts()
        assert "根据现有信息，您符合《示例alpha》的全部条件" in text
        assert states(room, "mail") == [("sent", "")]
        assert room.push.bounce(bounce_of(post.arrived[0]["Message-ID"]))
        assert states(room, "mail") == [("failed", "未送达（5.1.1）")]
        room.publish(policy("beta"))
        room.tick()
        assert len(post.arrived) == 1
        assert room.stores.preferences.get("lin").email_bounced
        assert not room.push.bounce(bounce_of("<foreign@example.org>"))


def test_an_address_the_mail_server_refuses_is_noted_at_once(room: Room) -> None:
    with mail_server() as post:
        by_mail(room, post)
        post.refused = {"lin@example.org"}
        room.add_firms({1: 5})
        room.bind("lin", 1)
        room.on_mail("lin")
        room.publish(policy())
        room.tick()
        assert states(room, "mail") == [("not_sent", "邮件被拒收（550）。")]
        assert room.stores.preferences.get("lin").email_bounced == "邮件被拒收（550）。"


def by_mail(room: Room, post: MailServer) -> None:
    client = MailClient("127.0.0.1", post.port, "policy@example.org")

    def carriers(push: PushService) -> list[MailCarrier]:
        return [MailCarrier(client, push.wishes.addresses_of, push.wishes.note_bounce)]

    room.push = PushService(room.push.world, carriers, client.write, stores=room.stores)
