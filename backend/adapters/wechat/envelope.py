"""WeChat's safe mode: pushed events come encrypted and signed."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from hashlib import sha1
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_RANDOM, _LENGTH, _BLOCK = 16, 4, 32


class EnvelopeError(Exception):
    """An envelope that does not come from WeChat, or is not for this account."""


class Envelope:
    """Opens what was sealed with one of the keys: the present one, or the one before while both are used."""

    def __init__(self, token: str, keys: Sequence[str], appid: str) -> None:
        """`keys` are EncodingAESKeys of 43 characters; ValueError for what is none."""
        self._token, self._appid = token, appid
        self._keys = [_key(text) for text in keys]

    def open(self, sealed: str, signature: str, timestamp: str, nonce: str) -> Mapping[str, Any]:
        """The event inside; EnvelopeError."""
        parts = sorted((self._token, timestamp, nonce, sealed))
        if not hmac.compare_digest(sha1("".join(parts).encode()).hexdigest().encode(), signature.encode()):
            raise EnvelopeError("signature")
        for key in self._keys:
            event = self._opened(key, sealed)
            if event is not None:
                return event
        raise EnvelopeError("content")

    def _opened(self, key: bytes, sealed: str) -> Mapping[str, Any] | None:
        try:
            body = base64.b64decode(sealed, validate=True)
            decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
            text = _unpadded(decryptor.update(body) + decryptor.finalize())
            size = int.from_bytes(text[_RANDOM : _RANDOM + _LENGTH], "big")
            start = _RANDOM + _LENGTH
            if text[start + size :].decode() != self._appid:
                return None
            event = json.loads(text[start : start + size])
        except (ValueError, binascii.Error):
            return None
        return event if isinstance(event, Mapping) else None


def _key(text: str) -> bytes:
    if len(text) != 43:
        raise ValueError("an EncodingAESKey has 43 characters")
    return base64.b64decode(f"{text}=")


def _unpadded(text: bytes) -> bytes:
    """Without its padding to whole blocks of 32; ValueError when there is none."""
    size = text[-1] if text else 0
    if not 1 <= size <= _BLOCK or text[-size:] != bytes([size]) * size:
        raise ValueError("padding")
    return text[:-size]
