"""Rebuttal cases as people send and read them.

A case is about a matter, never about who spread it: no field holds that person, and keys that would
are refused. Who decided each step in the office is kept (``domain/users.md`` section 7).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from data.schema import NO_CONTROLS, PERSONAL_KEYS, Moment, Name, without_personal_keys

Closing = Literal["answered", "no_answer", "mistake"]
Status = Literal["open", "answered", "closed"]

_CLAIMANT_KEYS = frozenset(
    [
        "claimant", "claimants", "claimed_by", "claimant_name", "speaker", "spreader", "person",
        "person_name", "suspect", "nguoi_dua_tin", "nguoi_tung_tin", "nguoi_phat_ngon",
        "nguoi_noi", "doi_tuong", "ten_nguoi",
    ]
)  # fmt: skip
_ACCOUNT = re.compile(
    r"(?<!\w)@\w|\w@\w|https?://|www\.|(?:\+84|\b0)[35789]\d{1,2}[ .]?\d{3}[ .]?\d{3,4}\b",
    re.IGNORECASE,
)


def _matter(value: str) -> str:
    """NFC text without accounts, addresses and telephone numbers; a name alone cannot be told."""
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        raise PydanticCustomError("matter", "không được để trống")
    if _ACCOUNT.search(text):
        raise PydanticCustomError(
            "matter",
            "hãy nêu nội dung vụ việc, không ghi tài khoản, địa chỉ, số điện thoại của người "
            "đưa tin; bài đăng thì nối bằng claim_document_ids",
        )
    return text


Matter = Annotated[str, Field(max_length=1000), AfterValidator(_matter)]
CaseId = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
DocumentIds = Annotated[list[CaseId], Field(max_length=1000)]
Places = Annotated[list[Name], Field(max_length=50)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    decided_by: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
    """Who in the office decided this step."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_persons(cls, value: Any) -> Any:
        return without_personal_keys(value, PERSONAL_KEYS | _CLAIMANT_KEYS)


class CaseOpening(_Sent):
    """A new case. ``claimed_at`` is the time of the first claim, a bare day where that is all."""

    id: CaseId
    matter: Matter
    claimed_at: Moment
    locality: Places = []
    unit: Places = []
    claim_document_ids: DocumentIds = []


class CaseChange(_Sent):
    """What changes in a case; a field left out stays, null unlinks the answer or reopens."""

    matter: Matter | None = None
    claimed_at: Moment | None = None
    locality: Places | None = None
    unit: Places | None = None
    claim_document_ids: DocumentIds | None = None
    answer_document_id: CaseId | None = None
    closed_as: Closing | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        given = self.model_fields_set - {"decided_by"}
        if not given:
            raise PydanticCustomError("case_change", "chưa nêu trường nào cần sửa")
        for name in given - {"answer_document_id", "closed_as"}:
            if getattr(self, name) is None:
                raise PydanticCustomError(
                    "case_change", "{name} không được để null", {"name": name}
                )
        return self


class Decision(BaseModel):
    """A step of a case: what was done, when, and who decided it."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    action: str
    decided_by: str


class Case(BaseModel):
    """A case as it stands. Times are in Asia/Ho_Chi_Minh; a bare day has no clock time."""

    model_config = ConfigDict(frozen=True)

    id: str
    matter: str
    status: Status
    claimed_at: datetime | date
    locality: list[str]
    unit: list[str]
    claim_document_ids: list[str]
    answer_document_id: str | None
    answered_at: datetime | date | None
    opened_at: datetime
    closed_at: datetime | None
    closed_as: Closing | None
    decisions: list[Decision]
