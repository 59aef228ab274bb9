"""A sheet of paper in the brand's dress: every PDF is made of these.

Each page names the creditor with address and CNPJ (CDC 42-A). Text is dark on white whatever the
brand's colours are; the colour is a band and hairlines.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from themes import formats
from themes.dress import Brand
from themes.translations import catalogue
from themes.typefaces import character, print_font

MARGIN = 20.0
"""Millimetres, as every length here."""
BAND = 6.0
LOGO_HEIGHT = 12.0
LOGO_WIDTH = 60.0
BODY_SIZE = 12.0
"""Points; contracts with consumers are set in 12 or larger (CDC 54, § 3)."""
INK = (26, 26, 26)
QUIET = (89, 89, 89)
LABEL_SHARE = 0.36
UNTORN = 48.0
"""A paragraph up to this high (mm) stands on one page."""
LINE = 6.0
"""Height of a line of a row."""


class Sheet(FPDF):
    """Pages of one document. Say things in order, then `to_bytes`."""

    label_size = 10.0
    grid_size = BODY_SIZE - 1
    foot_size = 8.5
    foot_height = 24.0

    def __init__(self, brand: Brand, *, locale: str, title: str, logo: bytes | None = None) -> None:
        super().__init__(format="A4")
        self._brand, self._logo = brand, logo
        self._words = catalogue(locale, "payments")
        self._hue = _rgb(brand.tokens.primary)
        self._load_faces()
        self.set_title(title)
        self.set_author(brand.legal_name)
        self.set_lang("pt-BR" if locale == "pt_BR" else "en")
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=self.foot_height + 6)
        self.add_page()
        self.heading(title, size=22)

    def _load_faces(self) -> None:
        shape = character(self._brand.tokens)
        self.add_font("body", "", print_font(shape.body, 400))
        self.add_font("body", "B", print_font(shape.body, 700))
        self.add_font("heading", "", print_font(shape.heading, 700))

    def header(self) -> None:
        """The brand's band, and its logo or name."""
        self.set_fill_color(*self._hue)
        self.rect(0, 0, self.w, BAND, style="F")
        self.set_y(BAND + 8)
        if self._logo:
            self.image(
                BytesIO(self._logo),
                x=MARGIN,
                h=LOGO_HEIGHT,
                w=LOGO_WIDTH,
                keep_aspect_ratio=True,
                alt_text=self._brand.name,
            )
        else:
            self._write(self._brand.name, face="heading", size=16)
        self.set_y(BAND + 28)

    def footer(self) -> None:
        """The creditor block (CDC 42-A) and the page's number."""
        self.set_y(-self.foot_height)
        self.set_draw_color(*self._hue)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(2)
        brand = self._brand
        who = f"{brand.legal_name} · CNPJ {formats.cnpj(brand.cnpj)}"
        self._write(who, size=self.foot_size, ink=QUIET, height=self.foot_size * 0.46)
        self._write(brand.address, size=self.foot_size, ink=QUIET, height=self.foot_size * 0.46)
        page = self._words.gettext("Page %(number)s") % {"number": self.page_no()}
        self._write(page, size=self.foot_size, ink=QUIET, height=self.foot_size * 0.46)

    def heading(self, text: str, *, size: float = 15) -> None:
        """A heading with air above it, never left alone at the foot of a page."""
        self._keep_together(32)
        self.ln(3)
        self._write(text, face="heading", size=size, height=size * 0.5)
        self.ln(2)

    def paragraph(self, text: str) -> None:
        """Running text; a short one is not torn by the end of a page."""
        self._ink("body", BODY_SIZE, INK)
        self._keep_together(min(self._height(0, text), UNTORN))
        self._write(text, size=BODY_SIZE, height=6)
        self.ln(2)

    def note(self, text: str) -> None:
        """Small print that is still legible."""
        self._write(text, size=10, ink=QUIET, height=5)
        self.ln(1.5)

    def mark(self, text: str) -> None:
        """What whoever holds the document must see first, in bold between two rules."""
        self.set_draw_color(*INK)
        self.set_font("body", style="B", size=BODY_SIZE)
        self._keep_together(self._height(0, text) + 8)
        for part in (text, None):
            self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
            self.ln(1.5)
            if part is not None:
                self.set_font("body", style="B", size=BODY_SIZE)
                self.set_text_color(*INK)
                self.multi_cell(0, 6, part, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
                self.ln(1.5)

    def figure(self, label: str, text: str) -> None:
        """One large figure with its label: the amount a document is about."""
        self._write(label, size=10, ink=QUIET, height=5)
        self._write(text, face="heading", size=26, height=12)
        self.ln(2)

    def rows(self, rows: Iterable[tuple[str, str]]) -> None:
        """Labels and what they say, one below the other, with hairlines between them."""
        self.set_draw_color(210, 210, 210)
        for label, text in rows:
            self._row(label, text)
        self.ln(3)

    def grid(self, head: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
        """A table with a head; the last column is set to the right."""
        self._ink("body", self.grid_size, INK)
        self.set_draw_color(210, 210, 210)
        align = ("LEFT",) * (len(head) - 1) + ("RIGHT",)
        with self.table(
            text_align=align,
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD"),
            line_height=7,
        ) as table:
            table.row(list(head))
            for line in lines:
                table.row(list(line))
        self.ln(3)

    def to_bytes(self) -> bytes:
        """The finished document."""
        return bytes(self.output())

    def _height(self, width: float, text: str) -> float:
        """How high a text stands in the current face; width 0 is up to the margin.

        Lines are counted: a height measured across the foot of a page would come out wrong.
        """
        lines = self.multi_cell(width, LINE, text, dry_run=True, output="LINES")
        assert isinstance(lines, list)
        return LINE * len(lines)

    def _keep_together(self, height: float) -> None:
        """Begin a page unless this much still fits on the one at hand."""
        if self.will_page_break(height):
            self.add_page()

    def _row(self, label: str, text: str) -> None:
        wide = (self.w - 2 * MARGIN) * LABEL_SHARE
        self._ink("body", BODY_SIZE, INK)
        height = self._height(self.w - 2 * MARGIN - wide, text)
        self._ink("body", self.label_size, QUIET)
        height = max(height, self._height(wide, label))
        self._keep_together(height + 3)
        top = self.get_y()
        self.multi_cell(wide, LINE, label, align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
        self._ink("body", BODY_SIZE, INK)
        self.multi_cell(0, LINE, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_y(top + height + 1)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(1)

    def _write(
        self,
        text: str,
        *,
        size: float,
        face: str = "body",
        ink: tuple[int, int, int] = INK,
        height: float = 6,
    ) -> None:
        self._ink(face, size, ink)
        self.multi_cell(0, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _ink(self, face: str, size: float, ink: tuple[int, int, int]) -> None:
        self.set_font(face, size=size)
        self.set_text_color(*ink)


class Contract(Sheet):
    """A sheet that binds a consumer: no word of it is smaller than 12 points (CDC 54 § 3)."""

    label_size = BODY_SIZE
    grid_size = BODY_SIZE
    foot_size = BODY_SIZE
    foot_height = 34.0


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
