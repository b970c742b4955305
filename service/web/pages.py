"""Server-rendered pages, Vietnamese, without any outside asset."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, select_autoescape

from data.problems import PROBLEM_TYPES
from data.taxonomy import taxonomy
from service.api.state import running

router = APIRouter(include_in_schema=False)
_templates = Environment(
    loader=PackageLoader("service.web"), autoescape=select_autoescape(default=True)
)


def _render(name: str, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(name).render(**values))


@router.get("/")
async def draft_page(request: Request) -> HTMLResponse:
    """The draft check for editors."""
    version = running(request).classifier.bundle.settings.model_version
    most = request.app.state.settings.max_draft_bytes
    page = _render("draft.html", model_version=version, tones=taxonomy().tones, most_bytes=most)
    page.headers["Cache-Control"] = "no-store"
    return page


@router.get("/docs")
async def docs_page(request: Request) -> HTMLResponse:
    """The API, rendered from its own OpenAPI description."""
    return _render("docs.html", api=request.app.openapi(), problems=PROBLEM_TYPES.values())
