"""Field types shared by request shapes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from policies.vocabulary.uscc import check_uscc

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
ConditionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{2,63}/[a-z0-9-]{1,63}$")]
Uscc = Annotated[str, StringConstraints(max_length=40), AfterValidator(check_uscc)]
