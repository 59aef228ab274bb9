"""A brand as plain values: what a page, a mail, a document or an ad needs to know of it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from themes.roles import Mode, Roles, roles_for
from themes.tokens import (
    Address,
    BrandTokens,
    Contact,
    Lexicon,
    PrivacyOfficer,
    Voice,
)
from themes.typefaces import faces

EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A public image of a brand, served by its hash. Sizes in pixels."""

    sha256: str
    width: int
    height: int
    content_type: str

    @property
    def url(self) -> str:
        """The path on the tenant's own host; never changes, so it is cached forever."""
        return f"/static/asset/{self.sha256}.{EXTENSIONS[self.content_type]}"


@dataclass(frozen=True, slots=True)
class Brand:
    """One version of a brand, as it is worn."""

    version_id: uuid.UUID
    number: int
    tokens: BrandTokens
    voice: Voice
    stylesheet_hash: str
    assets: Mapping[str, Asset] = field(default_factory=dict)
    """By role: logo_light, logo_dark, logo_email, mark, favicon. A brand may have none."""

    @property
    def name(self) -> str:
        """What people call the creditor."""
        return self.tokens.name

    @property
    def short_name(self) -> str:
        """At most 14 ASCII characters: the sender in an SMS."""
        return self.tokens.short_name

    @property
    def legal_name(self) -> str:
        """As registered; with the CNPJ and the address it identifies the creditor (CDC 42-A)."""
        return self.tokens.legal_name

    @property
    def cnpj(self) -> str:
        """Fourteen characters, unformatted."""
        return self.tokens.cnpj

    @property
    def address(self) -> str:
        """The registered address on one line."""
        return self.tokens.address.line

    @property
    def address_parts(self) -> Address:
        """The registered address, part by part."""
        return self.tokens.address

    @property
    def contact(self) -> Contact:
        """Where a person finds a person."""
        return self.tokens.contact

    @property
    def privacy_officer(self) -> PrivacyOfficer:
        """The encarregado (LGPD 41)."""
        return self.tokens.privacy_officer

    @property
    def skin(self) -> str:
        """salao, feira or linha."""
        return self.tokens.skin

    @property
    def locale(self) -> str:
        """The locale the creditor speaks unless the person chose another."""
        return self.tokens.locale

    @property
    def tone(self) -> str:
        """formal, warm, direct or playful."""
        return self.voice.tone

    @property
    def lexicon(self) -> Lexicon:
        """Words of the house."""
        return self.voice.lexicon

    @property
    def product_line(self) -> str:
        """What the creditor calls whatever was bought: "serviços Aurora". Texts and agreements name
        it to everybody, so it is true of every account."""
        return self.voice.lexicon.product_line

    def product(self, name: str, locale: str) -> str:
        """What one of the creditor's products is called in a language."""
        return self.voice.lexicon.product(name, locale)

    @property
    def fragments(self) -> Mapping[str, str]:
        """The creditor's own texts, by the keys of `Voice.fragments`."""
        return self.voice.fragments

    @property
    def font_urls(self) -> list[str]:
        """The fonts of the first screen, to be preloaded."""
        return [face.url for face in faces(self.tokens)]

    @property
    def stylesheet_url(self) -> str:
        """The one stylesheet of this version; never changes."""
        return f"/static/brand/{self.stylesheet_hash}.css"

    def roles(self, mode: Mode = "light") -> Roles:
        """The accessible colours of a mode."""
        return roles_for(self.tokens.primary, self.tokens.accent, mode)


def sample_brand(
    skin: str = "salao", tone: str = "formal", locale: str = "pt_BR", primary: str = "#0b2a4a"
) -> Brand:
    """An invented brand without a database, for tests, samples and previews."""
    tokens = BrandTokens(
        name="Casa Exemplo",
        short_name="CasaExemplo",
        legal_name="Casa Exemplo Comércio S.A.",
        cnpj="11222333000181",
        address=Address("Rua das Laranjeiras, 100", "Centro", "Curitiba", "PR", "80010000"),
        contact=Contact(
            email="ajuda@exemplo.com.br",
            phone="+554130000000",
            whatsapp=None,
            hours={"pt_BR": "seg a sex, 8h às 20h", "en": "Mon to Fri, 8am to 8pm"},
        ),
        privacy_officer=PrivacyOfficer("Ana Prado", "privacidade@exemplo.com.br"),
        primary=primary,
        accent="#c8802a",
        skin=skin,
        locale=locale,
    )
    voice = Voice(tone=tone, lexicon=Lexicon(product_line="cartão Exemplo"))
    return Brand(uuid.UUID(int=7), 1, tokens, voice, stylesheet_hash="sample")
