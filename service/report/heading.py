"""The block above a report and the one below it, as Decree 30/2020/NĐ-CP orders them.

What only the office knows (number, place, day, who signs) is left open in brackets or dots.
"""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from service.report.blocks import Report
from service.report.words import clean

_CENTER, _LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_WIDTHS = (74.0, 91.0)


def add_heading(document: Any, report: Report) -> None:
    """Nation, office, number and day; the name of the report and what it is on."""
    office = clean(report.unit_name or "[TÊN CƠ QUAN, ĐƠN VỊ]").upper()
    left, right = _two_cells(document)
    _line(left, "[TÊN CƠ QUAN CHỦ QUẢN]", 12)
    _rule(_line(left, office, 12, bold=True), 24)
    _line(left, "Số:        /BC-", 13)
    _line(right, _NATION, 12, bold=True)
    _rule(_line(right, _MOTTO, 13, bold=True), 22)
    _line(right, "…………, ngày      tháng      năm 20…", 13, italic=True)
    title = document.add_paragraph()
    _text(title, "BÁO CÁO", 14, bold=True)
    title.paragraph_format.space_before = Pt(8)
    title.paragraph_format.space_after = Pt(0)
    for k, about in enumerate(report.about):
        paragraph = document.add_paragraph()
        _text(paragraph, clean(about), 13, bold=k == 0, italic=k > 0)
        paragraph.paragraph_format.space_after = Pt(0)
    _rule(paragraph, 62)
    paragraph.paragraph_format.space_after = Pt(6)


def add_signature(document: Any, tight: bool) -> None:
    """Whom it goes to and who signs, both for the office to fill in."""
    gap = document.add_paragraph()
    gap.paragraph_format.space_after = Pt(0)
    gap.paragraph_format.line_spacing = Pt(4)
    left, right = _two_cells(document)
    _line(left, "Nơi nhận:", 12, bold=True, italic=True, align=_LEFT)
    for name in ("- [Nơi nhận]; Lưu: VT, …",) if tight else ("- [Nơi nhận];", "- Lưu: VT, …"):
        _line(left, name, 11, align=_LEFT)
    _line(right, "[QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ]", 13, bold=True)
    if not tight:
        for _ in range(3):
            _line(right, "", 13)


def _two_cells(document: Any) -> tuple[Any, Any]:
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    # A heading is wider than its halves would be with the usual inner margins.
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # Word minds the order of these: margins come before the look.
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)
    for column, cell, width in zip(table.columns, table.rows[0].cells, _WIDTHS, strict=True):
        column.width = cell.width = Mm(width)
    return table.rows[0].cells[0], table.rows[0].cells[1]


def _line(
    cell: Any, text: str, size: float, *, bold: bool = False, italic: bool = False,
    align: Any = _CENTER,
) -> Any:  # fmt: skip
    first = cell.paragraphs[0]
    paragraph = first if not first.runs and len(cell.paragraphs) == 1 else cell.add_paragraph()
    _text(paragraph, text, size, bold=bold, italic=italic)
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _text(paragraph: Any, text: str, size: float, bold: bool = False, italic: bool = False) -> None:
    paragraph.alignment = _CENTER
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _rule(paragraph: Any, indent: float) -> None:
    """A line under a paragraph, ``indent`` mm shorter on either side."""
    paragraph.paragraph_format.left_indent = Mm(0)
    paragraph.paragraph_format.right_indent = Mm(0)
    following = OxmlElement("w:p")
    paragraph._p.addnext(following)
    properties = OxmlElement("w:pPr")
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    properties.append(borders)
    spacing = OxmlElement("w:spacing")
    for name, value in (("before", "40"), ("after", "40"), ("line", "60"), ("lineRule", "exact")):
        spacing.set(qn(f"w:{name}"), value)
    properties.append(spacing)
    indents = OxmlElement("w:ind")
    for side in ("left", "right"):
        indents.set(qn(f"w:{side}"), str(int(indent * 56.7)))
    properties.append(indents)
    following.append(properties)
