"""What can go wrong, as data. These classes know no HTTP; `adapters/http` maps each to a status."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where it is, and what to do about it (Chinese)."""

    where: str
    reason: str


class PolicyMapError(Exception):
    """Base of all errors of the product: a stable code, a Chinese message, and details."""

    code = "error"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFoundError(PolicyMapError):
    """There is no such record, or the caller may not know of it."""

    code = "not_found"

    def __init__(self, kind: str, record_id: str) -> None:
        super().__init__(f"没有找到{kind}“{record_id[:80]}”。", kind=kind, id=record_id[:200])


class AlreadyExistsError(PolicyMapError):
    """A record with this natural key is already there."""

    code = "already_exists"

    def __init__(self, kind: str, record_id: str) -> None:
        super().__init__(f"{kind}“{record_id[:80]}”已存在。", kind=kind, id=record_id[:200])


class SameNumberError(PolicyMapError):
    """Another policy has this document number; `policies` are (slug, title, revision)."""

    code = "same_number"

    def __init__(self, number: str, policies: list[tuple[str, str, int]]) -> None:
        names = "、".join(f"《{title}》（{slug}）" for slug, title, _ in policies)
        super().__init__(
            f"文号“{number}”已属于{names}。同一份文件请作为那项政策的原件和新版本导入；"
            "确是另一份文件，请选择另立一项（separate）。",
            number=number,
            policies=[{"slug": slug, "title": title, "revision": rev} for slug, title, rev in policies],
        )


class StaleRevisionError(PolicyMapError):
    """The edit started from a revision that is no longer the newest."""

    code = "stale_revision"

    def __init__(self, kind: str, record_id: str, expected: int, actual: int) -> None:
        message = f"{kind}“{record_id}”已被他人修改（您的版本 {expected}，现为 {actual}），请重新打开后再改。"
        super().__init__(message, kind=kind, id=record_id, expected=expected, actual=actual)


class RevisionMissingError(PolicyMapError):
    """An edit must name the revision it started from."""

    code = "revision_missing"

    def __init__(self) -> None:
        super().__init__("请在 If-Match 请求头中写明您修改的是哪个版本。")


class WrongStateError(PolicyMapError):
    """The record is in a state that does not allow this step."""

    code = "wrong_state"


class InvalidInputError(PolicyMapError):
    """The input breaks its rules; every problem names its place."""

    code = "invalid_input"

    def __init__(self, problems: list[Problem], message: str = "") -> None:
        first = problems[0]
        summary = message or f"{first.where}：{first.reason}"
        super().__init__(summary, problems=[asdict(problem) for problem in problems])
        self.problems = problems

    @classmethod
    def at(cls, where: str, reason: str) -> InvalidInputError:
        """The error for a single problem."""
        return cls([Problem(where, reason)])


class UnauthenticatedError(PolicyMapError):
    """Nobody is signed in, or the sign-in has ended."""

    code = "unauthenticated"

    def __init__(self, message: str = "请先登录。") -> None:
        super().__init__(message)


class ForbiddenError(PolicyMapError):
    """The caller is known and may not do this."""

    code = "forbidden"

    def __init__(self, message: str = "您没有权限进行此操作。") -> None:
        super().__init__(message)


class TooManyRequestsError(PolicyMapError):
    """Guessing is slowed down."""

    code = "too_many_requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"操作过于频繁，请 {retry_after} 秒后再试。", retry_after=retry_after)
        self.retry_after = retry_after


class NotReadyError(PolicyMapError):
    """A part is being prepared; the same call will work later."""

    code = "not_ready"

    def __init__(self, message: str, retry_after: int = 5) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retry_after = retry_after


class FontMissingError(PolicyMapError):
    """This machine has no font with Chinese characters to draw or print with."""

    code = "font_missing"
    retry_after = 3600

    def __init__(self, message: str) -> None:
        super().__init__(message)


class CarrierError(PolicyMapError):
    """An outside service refused or failed."""

    code = "carrier_failed"


class CarrierDownError(CarrierError):
    """An outside service surely did not do it, and may do it later: try again."""

    code = "carrier_down"


class CarrierRefusedError(CarrierError):
    """An outside service surely refused, and will refuse again."""

    code = "carrier_refused"


class CarrierUnclearError(CarrierError):
    """Nobody can tell whether an outside service did it: never repeat a send."""

    code = "carrier_unclear"
