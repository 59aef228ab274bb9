"""Who is named on a boleto. Personal data: it lives sealed, and leaves only for the provider."""

import json
from dataclasses import asdict, dataclass

ADDRESS = ("line1", "city", "state", "postal_code")


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer's details, empty where not known. `document` is a CPF or CNPJ, unformatted."""

    name: str = ""
    document: str = ""
    email: str = ""
    line1: str = ""
    city: str = ""
    state: str = ""
    """The two letters of the Brazilian state."""
    postal_code: str = ""
    """Eight digits."""

    def over(self, known: "Payer") -> "Payer":
        """These details, completed with what is already known."""
        mine, theirs = asdict(self), asdict(known)
        return Payer(**{name: value or theirs[name] for name, value in mine.items()})

    def missing_for_boleto(self) -> tuple[str, ...]:
        """What the provider requires of a boleto's payer and is empty here."""
        wanted = ("name", "document", "email", *ADDRESS)
        return tuple(name for name in wanted if not getattr(self, name))

    def to_json(self) -> str:
        """For sealing; `from_json` reads it back."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Payer":
        return cls(**json.loads(text))
