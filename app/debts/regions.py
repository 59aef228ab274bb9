"""Brazil's states, area codes and time zones.

Area codes: Anatel's plan of numbering. Zones: IANA's zone of the state's largest city. The west of
Amazonas (an hour behind Manaus) shares an area code with the rest of the state's interior.
"""

import unicodedata

_STATES = """
AC Acre 68 Rio_Branco
AL Alagoas 82 Maceio
AM Amazonas 92,97 Manaus
AP Amapá 96 Belem
BA Bahia 71,73,74,75,77 Bahia
CE Ceará 85,88 Fortaleza
DF Distrito Federal 61 Sao_Paulo
ES Espírito Santo 27,28 Sao_Paulo
GO Goiás 62,64 Sao_Paulo
MA Maranhão 98,99 Fortaleza
MG Minas Gerais 31,32,33,34,35,37,38 Sao_Paulo
MS Mato Grosso do Sul 67 Campo_Grande
MT Mato Grosso 65,66 Cuiaba
PA Pará 91,93,94 Belem
PB Paraíba 83 Fortaleza
PE Pernambuco 81,87 Recife
PI Piauí 86,89 Fortaleza
PR Paraná 41,42,43,44,45,46 Sao_Paulo
RJ Rio de Janeiro 21,22,24 Sao_Paulo
RN Rio Grande do Norte 84 Fortaleza
RO Rondônia 69 Porto_Velho
RR Roraima 95 Boa_Vista
RS Rio Grande do Sul 51,53,54,55 Sao_Paulo
SC Santa Catarina 47,48,49 Sao_Paulo
SE Sergipe 79 Maceio
SP São Paulo 11,12,13,14,15,16,17,18,19 Sao_Paulo
TO Tocantins 63 Araguaina
"""


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in bare if not unicodedata.combining(c))


_rows = [line.split() for line in _STATES.strip().splitlines()]
STATES: dict[str, str] = {row[0]: f"America/{row[-1]}" for row in _rows}
"""UF → IANA time zone."""
STATES_BY_NAME: dict[str, str] = {_plain(" ".join(row[1:-2])): row[0] for row in _rows}
"""Plain full name → UF."""
AREA_CODES: dict[str, str] = {code: row[0] for row in _rows for code in row[-2].split(",")}
"""DDD → UF."""


def time_zone(uf: str | None, area_code: str | None) -> str | None:
    """The zone of a state of domicile, else of a phone's area code."""
    state = uf or AREA_CODES.get(area_code or "")
    return STATES[state] if state else None
