"""What the embedded store refuses, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pymongo.errors import OperationFailure

from backend.shared.errors import PolicyMapError


class StoreLockedError(PolicyMapError):
    """Another process holds the file; `pid` is None when it has not said its name yet."""

    code = "store_locked"

    def __init__(self, path: Path, pid: int | None, holder: str) -> None:
        super().__init__(
            f"数据文件 {path} 正被另一个进程使用：{holder}（进程号 {pid or '未知'}）。",
            pid=pid,
            holder=holder,
        )
        self.path, self.pid, self.holder = path, pid, holder


class StoreFormatError(PolicyMapError):
    """The file is not a store of this program."""

    code = "store_format"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"数据文件 {path} 无法读取：{reason}", reason=reason)
        self.path, self.reason = path, reason


class StoreWriteError(OperationFailure):
    """The file could not be written; the whole command was undone."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")
        self.path, self.reason = path, reason


class UnsupportedError(NotImplementedError, AttributeError):
    """Something outside the store commands the house allows. Also an AttributeError, for `hasattr`."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not among the store commands of the embedded store")
        self.what = what


def refuse(options: Mapping[str, Any], *harmless: str) -> None:
    """Refuse every option that was given a value, but for the harmless ones."""
    for name, value in options.items():
        if value is not None and value is not False and name not in harmless:
            raise UnsupportedError(f"the option {name!r}")
