"""A report as a Word file: page, type and tables after the form of Decree 30/2020/NĐ-CP.

A4 upright, margins 20/20/30/15 mm, Times New Roman 13, page number above from the second page on.
Everything is text, tables and charts that can be edited.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from service.report.blocks import Block, Chart, Report, Row, Section, Table, Words
from service.report.chart import add_chart
from service.report.heading import add_heading, add_signature
from service.report.words import clean

FONT = "Times New Roman"
ATTACHED = "(Kèm theo Báo cáo số        /BC-      ngày      tháng      năm 20…)"
BODY, SMALL = 13, 11.5
TEXT_WIDTH = 210 - 30 - 15
_ROW_MM, _CHART_MM = 4.9, 10.0
_KEPT = 8
"""A table of no more rows than this stays on one page."""
_CENTER, _LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
_RIGHT, _JUSTIFY = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY


def docx_bytes(report: Report) -> bytes:
    """The report as a file."""
    document = Document()
    _page(document)
    _styles(document)
    _properties(document, report)
    add_heading(document, report)
    tight = report.kind == "weekly"
    for section in report.sections:
        _section(document, section, tight)
    add_signature(document, tight)
    if report.annex:
        title = _paragraph(document, "PHỤ LỤC", bold=True, align=_CENTER)
        title.paragraph_format.page_break_before = True
        title.paragraph_format.space_after = Pt(0)
        _paragraph(document, ATTACHED, italic=True, align=_CENTER)
        for section in report.annex:
            _section(document, section, tight)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _page(document: Any) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin = page.bottom_margin = Mm(20)
    page.left_margin, page.right_margin = Mm(30), Mm(15)
    page.header_distance = page.footer_distance = Mm(10)
    page.different_first_page_header_footer = True
    number = page.header.paragraphs[0]
    number.alignment = _CENTER
    _field(number.add_run(), "PAGE")


def _field(run: Any, code: str) -> None:
    for kind, text in (
        ("begin", None),
        (None, code),
        ("separate", None),
        ("text", "2"),
        ("end", None),
    ):
        if kind == "text":
            element = OxmlElement("w:t")
            element.text = text
        elif kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {text} "
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _styles(document: Any) -> None:
    for name in ("Normal", "Heading 1", "Heading 2", "Caption", "Header"):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(BODY)
        style.font.color.rgb = RGBColor(0, 0, 0)
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{kind}"), FONT)
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        lang = properties.find(qn("w:lang"))
        if lang is None:
            lang = OxmlElement("w:lang")
            properties.append(lang)
        lang.set(qn("w:val"), "vi-VN")
        style.paragraph_format.space_before = Pt(0)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.line_spacing = 1.0
    heading = document.styles["Heading 1"]
    heading.font.bold = True
    heading.paragraph_format.space_before = Pt(6)
    heading.paragraph_format.space_after = Pt(3)
    heading.paragraph_format.keep_with_next = True
    caption = document.styles["Caption"]
    caption.font.bold, caption.font.italic = True, False
    caption.paragraph_format.space_after = Pt(3)
    caption.paragraph_format.keep_with_next = True


def _properties(document: Any, report: Report) -> None:
    about = document.core_properties
    about.title = clean(" ".join(("Báo cáo.", report.about[0])))
    about.author = about.last_modified_by = clean(report.unit_name or "")
    about.comments = about.keywords = ""
    about.language = "vi-VN"
    about.created = about.modified = datetime.now(UTC).replace(microsecond=0, tzinfo=None)


def _section(document: Any, section: Section, tight: bool) -> None:
    heading = document.add_paragraph(clean(section.heading), style="Heading 1")
    if tight:
        heading.paragraph_format.space_before = Pt(2)
        heading.paragraph_format.space_after = Pt(2)
    for block in section.blocks:
        _block(document, block, tight)


def _block(document: Any, block: Block, tight: bool) -> None:
    if isinstance(block, Table):
        _table(document, block)
    elif isinstance(block, Chart):
        _chart(document, block)
    else:
        _words(document, block, tight)


def _words(document: Any, words: Words, tight: bool) -> None:
    text = clean(words.text)
    if words.kind in ("item", "inner", "fine"):
        text = f"{'+' if words.kind == 'inner' else '-'} {text}"
    paragraph = _paragraph(
        document,
        text,
        align=_JUSTIFY,
        italic=words.kind in ("blank", "note"),
        bold=words.kind == "lead",
        size=SMALL if words.kind in ("note", "fine") else BODY,
    )
    if words.link:
        _link(document, paragraph, words.link, clean(words.link_text))
    shape = paragraph.paragraph_format
    in_list = words.kind in ("item", "inner", "fine")
    shape.space_after = Pt((0 if in_list else 2) if tight else (2 if in_list else 6))
    shape.widow_control = True
    if words.kind == "lead":
        shape.space_before, shape.keep_with_next = Pt(4), True
    if words.kind != "note":
        shape.first_line_indent = Mm(10)


def _link(document: Any, paragraph: Any, address: str, shown: str) -> None:
    """A link after the text of a paragraph; any address but one of the web stays plain text."""
    paragraph.runs[-1].text += " "
    run = paragraph.add_run(shown)
    run.font.size = Pt(BODY)
    if not address.lower().startswith(("http://", "https://")) or clean(address) != address:
        return
    link = OxmlElement("w:hyperlink")
    relation = document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), relation)
    run.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _paragraph(
    place: Any,
    text: str,
    *,
    align: Any = _LEFT,
    bold: bool = False,
    italic: bool = False,
    size: float = BODY,
) -> Any:
    paragraph = place.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    return paragraph


def _table(document: Any, block: Table) -> None:
    document.add_paragraph(clean(block.caption), style="Caption").alignment = _CENTER
    table = document.add_table(rows=0, cols=len(block.header))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _table_row(table, block, Row(block.header), heading=True, together=True)
    for k, row in enumerate(block.rows, 1):
        last = k == len(block.rows)
        together = bool(block.note) if last else len(block.rows) <= _KEPT or row.kind == "group"
        _table_row(table, block, row, together=together)
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = Mm(width)
    if not block.note:
        gap = _paragraph(document, "", size=2)
        gap.paragraph_format.space_after = Pt(4)
        return
    note = _paragraph(document, clean(block.note), italic=True, size=SMALL, align=_JUSTIFY)
    note.paragraph_format.space_before = Pt(3)
    note.paragraph_format.space_after = Pt(6)


def _table_row(
    table: Any, block: Table, row: Row, *, together: bool, heading: bool = False
) -> None:
    """One row; ``together``: on one page with the next."""
    made = table.add_row()
    properties = made._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if heading:
        properties.append(OxmlElement("w:tblHeader"))
    for k, (cell, text, width) in enumerate(zip(made.cells, row.cells, block.widths, strict=True)):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0.5)
        paragraph.paragraph_format.space_before = Pt(0.5)
        paragraph.paragraph_format.keep_with_next = together
        left = k == 0 or k in block.texts
        paragraph.alignment = _CENTER if heading else _LEFT if left else _RIGHT
        run = paragraph.add_run(clean(text))
        run.font.size = Pt(SMALL)
        run.bold = heading or row.kind in ("group", "total")


def _chart(document: Any, block: Chart) -> None:
    paragraph = _paragraph(document, "", align=_CENTER)
    paragraph.paragraph_format.keep_with_next = True
    height = _CHART_MM + _ROW_MM * max(len(block.bars), 4)
    add_chart(document, paragraph.runs[0], block, TEXT_WIDTH, height)
    caption = document.add_paragraph(clean(block.caption), style="Caption")
    caption.alignment = _CENTER
    caption.paragraph_format.keep_with_next = False
