"""Originals are kept by content, whole or not at all."""

import hashlib
from pathlib import Path

import pytest

from backend.adapters.files import OriginalStore
from backend.shared.errors import NotFoundError


def test_the_same_bytes_are_kept_once_and_come_back(tmp_path: Path) -> None:
    store = OriginalStore(tmp_path / "originals")
    first = store.put(b"demo")
    assert first == store.put(b"demo") == hashlib.sha256(b"demo").hexdigest()
    assert OriginalStore(tmp_path / "originals").get(first) == b"demo"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [first]


@pytest.mark.parametrize("original_id", ["0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 64 + "\n"])
def test_an_unknown_or_hostile_id_is_not_found(tmp_path: Path, original_id: str) -> None:
    with pytest.raises(NotFoundError):
        OriginalStore(tmp_path).get(original_id)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(OSError, match="No space"):
        OriginalStore(tmp_path).put(b"demo")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
