"""Say a thing once per visit: what people see is recorded when it is first seen."""

from flask import session


def first_time(what: str) -> bool:
    """Whether `what` was not yet seen in this visit; from now on it was."""
    seen = session.get("saw", [])
    if what in seen:
        return False
    session["saw"] = [*seen, what][-20:]
    return True
