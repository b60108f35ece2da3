"""WeChat's safe mode: only what is sealed for this account, by a key in use, is opened."""

from __future__ import annotations

import base64
import random
from hashlib import sha1

import pytest

from backend.adapters.wechat import Envelope, EnvelopeError, read_refusals
from tests.standins.wechat import sealed

TOKEN, APPID = "token", "wx0000000000000000"
KEY, OLD = ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEF" + end for end in ("E", "A"))
EVENT = {"Event": "subscribe_msg_popup_event", "FromUserName": "o-1"}


def opened(envelope: Envelope, body: dict[str, str], query: dict[str, str]) -> object:
    return envelope.open(body["Encrypt"], query["msg_signature"], query["timestamp"], query["nonce"])


@pytest.mark.parametrize("size", range(0, 70, 7))
def test_what_was_sealed_is_opened_with_the_present_key_and_the_one_before(size: int) -> None:
    event = {**EVENT, "text": "字" * size}
    envelope = Envelope(TOKEN, [KEY, OLD], APPID)
    for key in (KEY, OLD):
        assert opened(envelope, *sealed(TOKEN, key, APPID, event)) == event


def test_another_token_key_or_account_opens_nothing() -> None:
    envelope = Envelope(TOKEN, [KEY], APPID)
    for wrong in (("other", KEY, APPID), (TOKEN, OLD, APPID), (TOKEN, KEY, "wx1")):
        with pytest.raises(EnvelopeError):
            opened(envelope, *sealed(*wrong, EVENT))


def test_whatever_is_changed_on_the_way_is_refused_and_never_an_error_of_ours() -> None:
    envelope, chance = Envelope(TOKEN, [KEY], APPID), random.Random(5)
    body, _ = sealed(TOKEN, KEY, APPID, EVENT)
    raw = base64.b64decode(body["Encrypt"])
    for _ in range(200):
        changed = bytearray(raw[: chance.choice([len(raw), 0, 15, 16, 48])])
        if changed:
            changed[chance.randrange(len(changed))] ^= chance.randrange(1, 256)
        text = base64.b64encode(bytes(changed)).decode()
        # Signed anew: the signature alone must not be what saves us.
        signature = sha1("".join(sorted((TOKEN, "1", "n", text))).encode()).hexdigest()
        try:
            assert envelope.open(text, signature, "1", "n") != EVENT
        except EnvelopeError:
            continue
    for odd in ("", "%%%", "字"):
        with pytest.raises(EnvelopeError):
            envelope.open(odd, "字", "1", "n")


def test_refusals_are_read_consents_are_not() -> None:
    entries = [
        {"TemplateId": "a", "SubscribeStatusString": "reject"},
        {"TemplateId": "b", "SubscribeStatusString": "accept"},
        "nonsense",
    ]
    assert read_refusals({**EVENT, "List": entries}) == ["a"]
    assert read_refusals({"Event": "subscribe_msg_change_event", "List": entries[0]}) == ["a"]
    assert read_refusals({"Event": "subscribe_msg_sent_event", "List": entries[0]}) == []


def test_a_key_that_is_none_is_refused() -> None:
    for text in ("", "short", KEY + "A"):
        with pytest.raises(ValueError, match="43"):
            Envelope(TOKEN, [text], APPID)
