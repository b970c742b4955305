"""``POST /v1/classify`` and ``POST /v1/drafts/check``."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from data.file_text import fields_of
from data.problems import Problem
from data.reading import format_of
from data.schema import Document, parse_document
from model.prediction import Prediction, Refusal
from service.api.limits import known_parameters
from service.api.state import Running, running
from service.drafts import DraftCheck, check_draft

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])
State = Annotated[Running, Depends(running)]

_EXAMPLE: JsonDict = {
    "documents": [
        {
            "id": "vi-du-1",
            "title": "Đoàn nghệ thuật cồng chiêng Gia Lai lưu diễn tại Seoul",
            "sapo": "Đêm diễn mở màn chuỗi hoạt động giao lưu văn hóa Việt Nam - Hàn Quốc kín chỗ, "
            "khán giả đứng dậy vỗ tay nhiều phút.",
        }
    ],
    "evidence": True,
}


class ClassifyRequest(BaseModel):
    """1 to 256 documents."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    documents: Annotated[list[Document], Field(min_length=1, max_length=256)]
    evidence: bool = True


class RefusedDocument(BaseModel):
    """A document without a prediction, and why."""

    id: str
    outcome: str
    problem: dict[str, Any]


class ClassifyAnswer(BaseModel):
    """Answers in the order of the documents."""

    results: list[Prediction | RefusedDocument]
    model_version: str


@router.post("/classify", summary="Gán chủ đề và sắc thái cho 1 đến 256 văn bản")
async def classify(body: ClassifyRequest, state: State) -> ClassifyAnswer:
    """Mỗi văn bản có một kết quả riêng, theo đúng thứ tự gửi lên; không lưu gì."""
    answers = await state.gate.run(
        lambda: state.classifier.classify(body.documents, evidence=body.evidence)
    )
    return ClassifyAnswer(
        results=[
            RefusedDocument(id=a.id, outcome=a.outcome, problem=a.problem.as_json())
            if isinstance(a, Refusal)
            else a
            for a in answers
        ],
        model_version=state.classifier.bundle.settings.model_version,
    )


_DRAFT_SUFFIXES = (".txt", ".docx", ".html", ".htm")
_DRAFT_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Document"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


@router.post(
    "/drafts/check",
    summary="Kiểm tra bản thảo; không lưu, không ghi nhật ký",
    openapi_extra=_DRAFT_BODY,
)
async def drafts_check(request: Request, response: Response, state: State) -> DraftCheck:
    """Nhận JSON hoặc một tệp .txt, .docx, .html; trả lời kèm chủ đề gần nhất."""
    response.headers["Cache-Control"] = "no-store"
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        name, data = await _upload(request)
        suffix = PurePath(name).suffix.lower()
        if suffix not in _DRAFT_SUFFIXES:
            raise Problem(
                "unsupported-format",
                "Bản thảo chỉ nhận tệp .txt, .docx hoặc .html. Tệp .doc: hãy mở bằng Word và lưu "
                "lại ở dạng .docx. Tệp PDF: hãy chép phần chữ rồi dán vào ô.",
            )
        file_format = format_of(name)
        return await state.gate.run(
            lambda: check_draft(
                state.classifier,
                parse_document({"id": "draft", **fields_of(data, file_format)}),
            )
        )
    if kind not in ("application/json", ""):
        raise Problem("unsupported-format", "Hãy gửi JSON hoặc tệp bằng multipart/form-data.")
    try:
        record = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Problem(
            "malformed-json", "Nội dung gửi lên không phải JSON hợp lệ. Hãy sửa rồi gửi lại."
        ) from None
    if isinstance(record, dict):
        record.setdefault("id", "draft")
    document = parse_document(record)
    return await state.gate.run(lambda: check_draft(state.classifier, document))


async def _upload(request: Request) -> tuple[str, bytes]:
    """The single uploaded file, kept in memory: starlette's own parser spools it to disk."""
    parser = MultiPartParser(request.headers, request.stream(), max_files=1, max_fields=8)
    parser.spool_max_size = request.app.state.settings.max_draft_bytes
    try:
        form = await parser.parse()
    except MultiPartException:
        raise Problem("invalid", "Tệp gửi lên không đúng dạng multipart. Hãy gửi lại.") from None
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Problem("invalid", "Thiếu tệp. Hãy gửi tệp trong trường file.")
    return file.filename or "", await file.read()
