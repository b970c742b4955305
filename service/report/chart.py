"""Bar charts as Word draws them itself: editable, with their numbers in a workbook inside.

Black and white: fills are black, white and hatching, told apart on any printer. Written as
DrawingML (ECMA-376 part 1, chapter 21), which Word and LibreOffice both read.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from data.writing import xlsx_bytes
from service.report.blocks import Bar, Chart
from service.report.words import clean

EMU_PER_MM = 36_000
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FONT_SIZE = 900  # hundredths of a point
_PLAIN = '<a:solidFill><a:srgbClr val="404040"/></a:solidFill>'
_WHITE = '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
_BLACK = '<a:solidFill><a:srgbClr val="000000"/></a:solidFill>'
_HATCHED = (
    '<a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="000000"/></a:fgClr>'
    '<a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>'
)
_FILLS = (_WHITE, _HATCHED, _BLACK)
_OUTLINE = '<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>'
_AXIS = (
    '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="7F7F7F"/></a:solidFill></a:ln></c:spPr>'
)
_TEXT = (
    f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{_FONT_SIZE}">{_BLACK}'
    '<a:latin typeface="Times New Roman"/><a:cs typeface="Times New Roman"/></a:defRPr></a:pPr>'
    '<a:endParaRPr lang="vi-VN"/></a:p></c:txPr>'
)


def add_chart(document: Any, run: Any, chart: Chart, width: float, height: float) -> None:
    """Draw a chart into a run; ``width`` and ``height`` in mm."""
    bars = tuple(replace(bar, label=clean(bar.label)) for bar in chart.bars)
    chart = Chart(clean(chart.caption), clean(chart.unit), bars)
    package = document.part.package
    number = sum(str(p.partname).startswith("/word/charts/") for p in package.iter_parts()) + 1
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, chart_xml(chart), package)
    workbook = Part(
        PackURI(f"/word/embeddings/chart{number}.xlsx"), _XLSX_TYPE, _workbook(chart), package
    )
    # The chart names its workbook by this id.
    assert part.relate_to(workbook, RELATIONSHIP_TYPE.PACKAGE) == "rId1"
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    size = f'cx="{int(width * EMU_PER_MM)}" cy="{int(height * EMU_PER_MM)}"'
    told = "; ".join(f"{b.label}: {b.value:.0f} {chart.unit}" for b in chart.bars)
    run._r.append(
        parse_xml(
            '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
            f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f'<wp:docPr id="{100 + number}" name="Hình {number}" '
            f"descr={quoteattr(f'{chart.caption}. {told}')}/>"
            f'<a:graphic xmlns:a="{_DRAWING}"><a:graphicData uri="{_CHART}">'
            f'<c:chart xmlns:c="{_CHART}" xmlns:r="{_RELATIONS}" r:id="{relation}"/>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing>"
        )
    )


def _workbook(chart: Chart) -> bytes:
    rows = [[b.label, b.value, b.low, b.high] for b in chart.bars]
    return xlsx_bytes(["", chart.unit, "Cận dưới", "Cận trên"], rows)


def chart_xml(chart: Chart) -> bytes:
    """The chart part: horizontal bars, the first on top, values at their ends."""
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_DRAWING}" xmlns:r="{_RELATIONS}">'
        '<c:date1904 val="0"/><c:roundedCorners val="0"/>'
        f'<c:chart><c:autoTitleDeleted val="1"/><c:plotArea>{_layout(chart)}'
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{_series(chart)}<c:gapWidth val="45"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        f'{_axes(chart)}<c:spPr><a:noFill/></c:spPr></c:plotArea><c:plotVisOnly val="1"/></c:chart>'
        f"<c:spPr>{_WHITE}<a:ln><a:noFill/></a:ln></c:spPr>"
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )
    return xml.encode()


def _series(chart: Chart) -> str:
    n = len(chart.bars)
    labels = _cached("str", "A", [b.label for b in chart.bars], n)
    values = _cached("num", "B", [repr(float(b.value)) for b in chart.bars], n)
    # Few bars get fills of their own; many are told apart by their places.
    points = "".join(map(_point, range(n))) if n <= len(_FILLS) else ""
    errors = _errors(chart.bars)
    # With whiskers the value stands at the foot of the bar, out of their way.
    box = f"<c:spPr>{_WHITE}<a:ln><a:noFill/></a:ln></c:spPr>" if errors else ""
    shown = "".join(
        f'<c:show{what} val="{int(what == "Val")}"/>'
        for what in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    )
    return (
        f'<c:ser><c:idx val="0"/><c:order val="0"/>{_name(chart.unit)}'
        f'<c:spPr>{_PLAIN}{_OUTLINE}</c:spPr><c:invertIfNegative val="0"/>{points}'
        f'<c:dLbls><c:numFmt formatCode="0" sourceLinked="0"/>{box}{_TEXT}'
        f'<c:dLblPos val="{"inBase" if errors else "outEnd"}"/>{shown}</c:dLbls>'
        f"{errors}<c:cat>{labels}</c:cat><c:val>{values}</c:val></c:ser>"
    )


def _layout(chart: Chart) -> str:
    """Room for the longest label beside the bars, so that none is wrapped or left out."""
    left = min(0.5, 0.04 + 0.0092 * max((len(b.label) for b in chart.bars), default=0))
    sizes = {"x": left, "y": 0.02, "w": 0.96 - left, "h": 0.96 - 0.5 / (len(chart.bars) + 2)}
    modes = "".join(f'<c:{axis}Mode val="edge"/>' for axis in "xy")
    places = "".join(f'<c:{name} val="{size:.4f}"/>' for name, size in sizes.items())
    return (
        f'<c:layout><c:manualLayout><c:layoutTarget val="inner"/>{modes}{places}'
        "</c:manualLayout></c:layout>"
    )


def _most(chart: Chart) -> str:
    """An end of the axis beyond every whisker, where there are some."""
    ends = [b.high for b in chart.bars if b.high is not None]
    return f'<c:max val="{10 * math.ceil(max(ends) / 10)}"/>' if ends else ""


def _axes(chart: Chart) -> str:
    return (
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="l"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{_AXIS}{_TEXT}'
        '<c:crossAx val="2"/><c:lblOffset val="60"/><c:tickLblSkip val="1"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/>'
        f'{_most(chart)}<c:min val="0"/>'
        '</c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        '<c:numFmt formatCode="0" sourceLinked="0"/><c:majorTickMark val="out"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{_AXIS}{_TEXT}'
        '<c:crossAx val="1"/><c:crosses val="max"/></c:valAx>'
    )


def _cached(kind: str, column: str, cells: list[str], n: int) -> str:
    """A reference into the workbook with what it holds beside."""
    form = "<c:formatCode>0</c:formatCode>" if kind == "num" else ""
    points = "".join(
        f'<c:pt idx="{k}"><c:v>{escape(cell)}</c:v></c:pt>' for k, cell in enumerate(cells)
    )
    return (
        f"<c:{kind}Ref><c:f>'Kết quả'!${column}$2:${column}${n + 1}</c:f><c:{kind}Cache>{form}"
        f'<c:ptCount val="{n}"/>{points}</c:{kind}Cache></c:{kind}Ref>'
    )


def _name(unit: str) -> str:
    return (
        "<c:tx><c:strRef><c:f>'Kết quả'!$B$1</c:f><c:strCache><c:ptCount val=\"1\"/>"
        f'<c:pt idx="0"><c:v>{escape(unit)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
    )


def _point(k: int) -> str:
    return (
        f'<c:dPt><c:idx val="{k}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
        f"<c:spPr>{_FILLS[k]}{_OUTLINE}</c:spPr></c:dPt>"
    )


def _errors(bars: tuple[Bar, ...]) -> str:
    """Whiskers to the ends of the intervals."""
    if any(b.low is None or b.high is None for b in bars):
        return ""
    ends = {
        "plus": [(b.high or 0) - b.value for b in bars],
        "minus": [b.value - (b.low or 0) for b in bars],
    }
    sides = "".join(
        f'<c:{side}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(bars)}"/>'
        + "".join(f'<c:pt idx="{k}"><c:v>{w!r}</c:v></c:pt>' for k, w in enumerate(widths))
        + f"</c:numLit></c:{side}>"
        for side, widths in ends.items()
    )
    return (
        '<c:errBars><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f'{sides}<c:spPr><a:ln w="15875"><a:solidFill><a:srgbClr val="000000"/></a:solidFill>'
        "</a:ln></c:spPr></c:errBars>"
    )
