"""What may come in: :class:`Document`, and the labelled forms used for training.

Unknown keys are refused by name. Keys that would identify a person are refused with a message of
their own: nothing about authors or accounts becomes data (``design.md`` section 8).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from data.problems import Place, Problem

MAX_FIELD_CHARS = 200_000
"""Longest text field, in code points: some 40,000 words, ten times a long read. Longer input is a
file sent by mistake, and its cost would fall on everyone in the queue."""

TEXT_FIELDS = ("title", "sapo", "body", "text")

PERSONAL_KEYS = frozenset(
    [
        "author",
        "authors",
        "author_id",
        "author_name",
        "byline",
        "by",
        "writer",
        "reporter",
        "journalist",
        "user",
        "user_id",
        "userid",
        "username",
        "user_name",
        "screen_name",
        "nickname",
        "profile",
        "profile_url",
        "profile_id",
        "handle",
        "account",
        "account_id",
        "account_name",
        "avatar",
        "avatar_url",
        "owner",
        "owner_id",
        "poster",
        "posted_by",
        "creator",
        "full_name",
        "fullname",
        "email",
        "phone",
        "phone_number",
        "friends",
        "followers_list",
        "tac_gia",
        "tacgia",
        "nguoi_viet",
        "nguoi_dang",
        "but_danh",
        "ho_ten",
        "tai_khoan",
        "nguoi_dung",
    ]
)

SourceType = Literal[
    "press", "state_portal", "mission", "broadcaster", "social_page", "forum", "video"
]
MediaType = Literal["earned", "owned", "paid", "shared"]
Space = Literal["real", "cyber"]
Sentiment = Literal["positive", "neutral", "negative"]
SENTIMENTS: tuple[Sentiment, ...] = ("positive", "neutral", "negative")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST_YEAR, LAST_YEAR = 1900, 2200


def _moment(value: Any) -> Any:
    """ISO 8601: a bare day, or a date and time with its zone."""
    if isinstance(value, datetime):
        parsed: date = value
    elif isinstance(value, date):
        parsed = value
    elif not isinstance(value, str):
        raise PydanticCustomError("moment", "phải là chuỗi thời gian ISO 8601")
    else:
        try:
            day_only = _DAY.fullmatch(value)
            parsed = date.fromisoformat(value) if day_only else datetime.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError(
                "moment", "không phải thời gian ISO 8601, ví dụ 2026-03-15T08:30:00+07:00"
            ) from None
    if isinstance(parsed, datetime) and parsed.tzinfo is None:
        raise PydanticCustomError(
            "moment", "thiếu múi giờ; hãy ghi +07:00 hoặc chỉ ghi ngày, ví dụ 2026-03-15"
        )
    if not FIRST_YEAR <= parsed.year <= LAST_YEAR:
        raise PydanticCustomError("moment", "năm nằm ngoài khoảng 1900 đến 2200")
    return parsed


Moment = Annotated[datetime | date, BeforeValidator(_moment)]
TextField = Annotated[str, Field(max_length=MAX_FIELD_CHARS)]
NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, Field(max_length=200, pattern=NO_CONTROLS)]


class Document(BaseModel):
    """A news item or a post as the caller sends it (``design.md`` section 3).

    ``id`` and at least one of ``title``, ``sapo``, ``body``, ``text`` are required; ``text`` is an
    undivided text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
    title: TextField | None = None
    sapo: TextField | None = None
    body: TextField | None = None
    text: TextField | None = None
    url: Annotated[str, Field(max_length=2000, pattern=NO_CONTROLS)] | None = None
    published_at: Moment | None = None
    collected_at: Moment | None = None
    source_id: Name | None = None
    source_country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    source_type: SourceType | None = None
    media_type: MediaType | None = None
    space: Space | None = None
    channel: Name | None = None
    language: Annotated[str, Field(max_length=35, pattern=NO_CONTROLS)] | None = None
    original_language: Annotated[str, Field(max_length=35, pattern=NO_CONTROLS)] | None = None
    is_translation: bool | None = None
    locality: Annotated[list[Name], Field(max_length=50)] = []
    unit: Annotated[list[Name], Field(max_length=50)] = []
    audience: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _refuse_personal_keys(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            for key in value:
                if isinstance(key, str) and _plain(key) in PERSONAL_KEYS:
                    raise PydanticCustomError("personal_field", "{key}", {"key": key})
        return value

    @model_validator(mode="after")
    def _some_text_field(self) -> Self:
        if all(getattr(self, name) is None for name in TEXT_FIELDS):
            raise PydanticCustomError(
                "no_text_field", "cần ít nhất một trong các trường title, sapo, body, text"
            )
        return self


def _plain(key: str) -> str:
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key.strip())).lower()


class Label(BaseModel):
    """What a document is about and how it portrays Vietnam; ``themes`` primary first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    themes: Annotated[list[str], Field(max_length=3)]
    sentiment: Sentiment | None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.sentiment is None) != (not self.themes):
            raise PydanticCustomError(
                "label", "sắc thái để trống khi và chỉ khi văn bản nằm ngoài TTĐN"
            )
        if len(set(self.themes)) != len(self.themes):
            raise PydanticCustomError("label", "một chủ đề được ghi hai lần")
        return self


class LabelledDocument(BaseModel):
    """A document with its label, the story it belongs to and where it comes from."""

    model_config = ConfigDict(frozen=True)

    document: Document
    label: Label
    story: str
    origin: str
    tags: tuple[str, ...] = ()


_MESSAGES = {
    "missing": "thiếu trường bắt buộc",
    "extra_forbidden": "hệ thống không có trường (cột) này",
    "string_type": "phải là chuỗi",
    "string_too_short": "không được để trống",
    "string_too_long": "quá dài",
    "list_type": "phải là danh sách",
    "too_long": "có quá nhiều phần tử",
    "too_short": "có quá ít phần tử",
    "bool_type": "phải là true hoặc false",
    "float_type": "phải là số",
    "float_parsing": "phải là số",
    "finite_number": "phải là số hữu hạn",
    "greater_than_equal": "phải từ {ge:g} trở lên",
    "less_than_equal": "không được lớn hơn {le:g}",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "int_from_float": "phải là số nguyên",
    "int_parsing_size": "quá lớn",
    "bool_parsing": "phải là true hoặc false",
    "date_parsing": "phải là ngày, ví dụ 2026-03-15 hoặc 15/3/2026",
    "date_from_datetime_parsing": "phải là ngày, ví dụ 2026-03-15 hoặc 15/3/2026",
    "date_from_datetime_inexact": "phải là ngày, không kèm giờ",
    "date_type": "phải là ngày, ví dụ 2026-03-15 hoặc 15/3/2026",
    "literal_error": "không thuộc các giá trị cho phép",
    "string_pattern_mismatch": "sai mẫu: mã nước là hai chữ hoa như VN, "
    "các trường khác không có ký tự điều khiển",
    "string_unicode": "chứa ký tự Unicode không hợp lệ",
    "model_type": "phải là một đối tượng JSON",
    "model_attributes_type": "phải là một đối tượng JSON",
    "dict_type": "phải là một đối tượng JSON",
}


def problem_of(error: ValidationError) -> Problem:
    """Say in Vietnamese what pydantic found, with the place of each fault."""
    places: list[Place] = []
    slug = "invalid"
    for fault in error.errors(include_url=False, include_input=False):
        pointer = "/" + "/".join(str(p) for p in fault["loc"])
        kind = fault["type"]
        message = _MESSAGES.get(kind, fault["msg"]).format_map(fault.get("ctx") or {})
        if kind == "literal_error":
            message += f": {fault['ctx']['expected']}".replace(" or ", " hoặc ")
        if kind == "personal_field":
            slug = "personal-field"
            pointer = f"{pointer.rstrip('/')}/{fault['msg']}"
            message = "trường này nhận diện người viết hoặc tài khoản"
        elif slug == "invalid" and kind == "extra_forbidden":
            slug = "unknown-field"
        elif kind == "string_too_long" and fault["loc"][-1] in TEXT_FIELDS:
            slug = "too-large"
            message = f"dài quá {MAX_FIELD_CHARS:,} ký tự".replace(",", ".")
        places.append(Place(pointer, message))
    details = {
        "invalid": "Dữ liệu chưa đúng quy cách. Hãy sửa các chỗ được nêu rồi gửi lại.",
        "unknown-field": "Có trường (cột) hệ thống không nhận. "
        "Hãy bỏ trường đó hoặc sửa lại tên rồi gửi lại.",
        "personal-field": "Hệ thống không nhận trường về tác giả, tài khoản hay người đăng. "
        "Hãy bỏ trường đó rồi gửi lại.",
        "too-large": "Văn bản quá dài. Hãy cắt bớt hoặc chia nhỏ rồi gửi lại.",
    }
    return Problem(slug, details[slug], places)


def parse_document(record: Any) -> Document:
    """Validate one record. Raises :class:`Problem` naming every fault."""
    try:
        return Document.model_validate(record)
    except ValidationError as error:
        raise problem_of(error) from None
