"""The PDF of a simulated boleto: line, bar code, who is paid, who pays."""

from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from app.payments import boleto
from app.workbench.stripe_twin.store import Record
from themes import formats
from themes.translations import catalogue
from themes.typefaces import print_font

BAR_WIDTH = 0.25
"""Millimetres of the narrowest bar."""
BAR_HEIGHT = 13


def voucher(intent: Record, account: Record) -> bytes:
    """One page, in Portuguese: banks read no other language. Marked as simulated."""
    _ = catalogue("pt_BR", "payments").gettext
    shown = intent["next_action"]["boleto_display_details"]
    payer = intent.get("_payer", {})
    made_on = datetime.fromtimestamp(intent["created"], UTC).date()
    read = boleto.parse(shown["number"], around=made_on)
    page = FPDF()
    page.add_font("plex", "", print_font("plex", 400))
    page.add_font("plex", "B", print_font("plex", 700))
    page.set_title(_("Simulated boleto"))
    page.set_lang("pt-BR")
    page.add_page()
    _line(page, _("SIMULATED: no bank knows this boleto, no money moves."), 12, bold=True)
    _line(page, shown["number"], 15, bold=True)
    rows = [
        (_("Beneficiary"), account["business_profile"]["name"]),
        (_("Payer"), f"{payer.get('name', '')} · {payer.get('tax_id', '')}"),
        (_("Amount"), formats.money(intent["amount"], "BRL", "pt_BR")),
        (_("Due on"), formats.day(read.due_on, "pt_BR") if read.due_on else ""),
        (_("Description"), intent["description"] or ""),
    ]
    for label, text in rows:
        _line(page, f"{label}: {text}", 11)
    page.ln(6)
    page.interleaved2of5(read.barcode, x=15, y=page.get_y(), w=BAR_WIDTH * 4, h=BAR_HEIGHT)
    return bytes(page.output())


def _line(page: FPDF, text: str, size: float, *, bold: bool = False) -> None:
    page.set_font("plex", "B" if bold else "", size)
    page.multi_cell(0, size * 0.6, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(2)
