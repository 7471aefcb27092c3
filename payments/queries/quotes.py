"""A quote (报价单, F4) on paper: a PDF that carries the Chinese characters it needs in itself."""

import io
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from cms.queries import contact
from payments.money import yuan

_FONTS = (
    "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/local/share/fonts/LXGWWenKai-Regular.ttf",
)
"""Fonts with outlines that can be put into a PDF (Noto's CJK fonts have others)."""
_INK, _LINE = colors.HexColor("#10262b"), colors.HexColor("#c8d6d6")


@dataclass(frozen=True)
class QuotePaper:
    """What stands on it. `order_no`: empty before it is ordered."""

    unit: str
    title: str
    price_fen: int
    seats: int
    on: date
    valid_until: date
    order_no: str = ""


@lru_cache(maxsize=1)
def _font() -> str:
    """The name of a font with Chinese characters. Without one the reader's own is named, which isn't in the file."""
    for place in _FONTS:
        if Path(place).exists():
            try:
                pdfmetrics.registerFont(TTFont("quote", place))
            except TTFError:
                continue
            return "quote"
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def quote_pdf(paper: QuotePaper) -> bytes:
    """The quote as a PDF of one page."""
    font = _font()
    plain = ParagraphStyle("plain", fontName=font, fontSize=10.5, leading=17, textColor=_INK, wordWrap="CJK")
    head = ParagraphStyle("head", parent=plain, fontSize=20, leading=30, spaceAfter=6 * mm)

    def text(words: str, style: ParagraphStyle = plain) -> Paragraph:
        return Paragraph(escape(words), style)

    flow: list[Flowable] = [text(_("报价单"), head), text(_("单位：%s") % paper.unit)]
    if paper.order_no:
        flow.append(text(_("订单号：%s") % paper.order_no))
    flow += [
        text(_("日期：%s") % paper.on.isoformat()),
        text(_("有效期至：%s") % paper.valid_until.isoformat()),
        Spacer(1, 6 * mm),
        _table(paper, font, text),
        Spacer(1, 6 * mm),
        text(_("合计：¥%s") % yuan(paper.price_fen * paper.seats), head),
        *(text(line) for line in transfer_words(paper.order_no)),
    ]
    written = io.BytesIO()
    frame = SimpleDocTemplate(
        written, pagesize=A4, title=_("报价单"), author=contact().organiser, leftMargin=22 * mm, rightMargin=22 * mm
    )
    frame.build(flow)
    return written.getvalue()


def _table(paper: QuotePaper, font: str, text) -> Table:  # type: ignore[no-untyped-def]  # its closure over the style
    rows = [
        [_("班级"), _("单价"), _("名额"), _("金额")],
        [
            text(paper.title),
            f"¥{yuan(paper.price_fen)}",
            str(paper.seats),
            f"¥{yuan(paper.price_fen * paper.seats)}",
        ],
    ]
    table = Table(rows, colWidths=[82 * mm, 28 * mm, 22 * mm, 34 * mm])
    table.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), font, 10.5),
            ("TEXTCOLOR", (0, 0), (-1, -1), _INK),
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE),
        ]
    )
    return table


def transfer_words(order_no: str) -> list[str]:
    """How to pay by bank transfer; `order_no`: what to write on it."""
    if settings.BANK_ACCOUNT:
        words = [_("收款账户：%s") % settings.BANK_ACCOUNT]
    else:
        words = [_("收款账户请向主办方索取：%s") % (contact().phone or contact().organiser or settings.SITE_NAME)]
    if order_no:
        words.append(_("转账附言请写订单号：%s") % order_no)
    return words
