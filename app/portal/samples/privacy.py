"""Preferences, and the rights over one's data."""

from typing import Any

from app.portal.forms import CorrectionForm, PlainForm, PreferencesForm
from app.portal.my_data import Data, summary
from app.portal.samples.cast import PERSON, State, filled, plain, unsigned, untouched


def _preferences(*, saved: bool = False, **typed: str) -> State:
    def state() -> dict[str, object]:
        form = filled(PreferencesForm, typed) if typed else untouched(PreferencesForm)
        return {"form": form, "saved": saved}

    return state


def _correct(**typed: str) -> State:
    def state() -> dict[str, object]:
        return {"form": filled(CorrectionForm, typed) if typed else untouched(CorrectionForm)}

    return state


def _my_data() -> dict[str, object]:
    person: dict[str, Any] = {
        "name": PERSON.name,
        "document": PERSON.document,
        "birth_date": "1988-04-02",
        "uf": PERSON.uf,
    }
    contacts: list[dict[str, Any]] = [
        {"kind": "email", "address": "maria.santos@correio.example"},
        {"kind": "phone", "address": "+5511988880000"},
    ]
    counted = {"debts": 2, "offers": 1, "agreements": 1, "payments": 2, "messages": 5, "events": 18}
    data: Data = {"person": [person], "contacts": contacts}
    data |= {name: [{}] * count for name, count in counted.items()}
    return {"sections": summary(data)}


STATES: dict[str, dict[str, State]] = {
    "preferences": {
        "fresh": _preferences(),
        "saved": _preferences(saved=True, channel="sms", hour="18", no_email="y"),
        "wrong": _preferences(channel="pigeon", hour="8"),
    },
    "privacy": {
        "stranger": unsigned(asked=""),
        "correction": plain(asked="correction"),
        "deletion": plain(asked="deletion"),
    },
    "my_data": {"plain": _my_data},
    "correct": {"fresh": _correct(), "empty": _correct(note="")},
    "erase": {"plain": lambda: {"form": untouched(PlainForm)}},
}
