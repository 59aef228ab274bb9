"""Before anybody is identified, and where the way ends."""

from datetime import timedelta

from flask import g

from app.portal.authenticity import NOT_FOUND, Answer
from app.portal.forms import BirthDateForm, CodeForm, IdentifyForm, PlainForm, VerifyForm
from app.portal.language import current, gettext
from app.portal.samples.cast import NOW, State, filled, plain, unsigned, untouched
from themes import formats

TOKEN = "sample"  # noqa: S105 - of nobody


def _identify(reason: str = "", **typed: str) -> State:
    def state() -> dict[str, object]:
        form = filled(IdentifyForm, typed) if typed else untouched(IdentifyForm)
        return {"form": form, "reason": reason, "person_signed_in": False}

    return state


def _code(state: str = "", **typed: str) -> State:
    def made() -> dict[str, object]:
        form = filled(CodeForm, typed) if typed else untouched(CodeForm)
        return {"form": form, "state": state, "person_signed_in": False}

    return made


def _link(state: str = "", **typed: str) -> State:
    def made() -> dict[str, object]:
        form = filled(BirthDateForm, typed) if typed else untouched(BirthDateForm)
        return {"form": form, "state": state, "token": TOKEN, "person_signed_in": False}

    return made


def _nobody(state: str) -> dict[str, object]:
    return {"state": state, "token": TOKEN, "person_signed_in": False}


def _ours() -> dict[str, object]:
    sent = formats.moment(NOW, g.tenant.time_zone, current())
    details = [(gettext("What"), gettext("E-mail")), (gettext("Sent"), sent)]
    return {
        "form": filled(VerifyForm, {"what": "K7M2-4QXT"}),
        "answer": Answer(True, details),
        "person_signed_in": False,
    }


def _not_ours() -> dict[str, object]:
    form = filled(VerifyForm, {"what": "https://acordo-facil.example/pague"})
    return {"form": form, "answer": NOT_FOUND, "person_signed_in": False}


STATES: dict[str, dict[str, State]] = {
    "home": {"stranger": unsigned(), "inside": plain()},
    "identify": {
        "fresh": _identify(),
        "idle": _identify("idle"),
        "over": _identify("over"),
        "empty": _identify(document=""),
        "wrong": _identify(document="123.456"),
    },
    "code": {
        "fresh": _code(),
        "wrong": _code("wrong", code="482915"),
        "over": _code("over"),
        "short": _code(code="12"),
    },
    "link": {
        "fresh": _link(),
        "wrong": _link("wrong", birth_date="25/12/1990"),
        "unreadable": _link(birth_date="99/99"),
    },
    "link_over": {"plain": unsigned()},
    "not_me": {
        "asked": lambda: {"form": PlainForm(), **_nobody("asked")},
        "done": lambda: _nobody("done"),
    },
    "verify": {
        "fresh": lambda: {
            "form": untouched(VerifyForm),
            "answer": None,
            "person_signed_in": False,
        },
        "ours": _ours,
        "not_ours": _not_ours,
        "empty": lambda: {
            "form": filled(VerifyForm, {"what": ""}),
            "answer": None,
            "person_signed_in": False,
        },
    },
    "help": {"stranger": unsigned(), "inside": plain()},
    "left": {"gone": unsigned(still_inside=False), "asked": plain(still_inside=True)},
    "error": {
        state: unsigned(state=state) for state in ("missing", "forbidden", "expired", "broken")
    }
    | {"broken_inside": plain(state="broken")},
    "too_many_attempts": {"plain": unsigned(until=NOW + timedelta(minutes=30))},
    "suspended": {"plain": unsigned()},
    "nothing_here": {"plain": unsigned()},
    "unsubscribe": {
        state: unsigned(state=state, token=TOKEN) for state in ("asked", "done", "over")
    },
}
