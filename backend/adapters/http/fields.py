"""Field types shared by request shapes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from backend.shared.writing import plain
from policies.vocabulary.uscc import check_uscc

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
ConditionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{2,63}/[a-z0-9-]{1,63}$")]
Uscc = Annotated[str, StringConstraints(max_length=40), AfterValidator(check_uscc)]


def _seen(text: object) -> object:
    return plain(text) if isinstance(text, str) else text


# Words of people, before their length is looked at.
Words = Annotated[str, BeforeValidator(_seen)]
# A calendar ends; days within these bounds can be moved by years without falling off it.
_FIRST, _LAST = date(1900, 1, 1), date(2200, 12, 31)
Day = Annotated[date, Field(ge=_FIRST, le=_LAST)]
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2200, 12, 31, tzinfo=UTC)),
]
