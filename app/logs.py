"""What a log may say: an address with a secret in it is written without the secret."""

import re

from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # it ships no types

SECRET_PATHS = re.compile(r"(/(?:a|cancelar)/)[^\s/?\"]+")


def scrub(text: str) -> str:
    """`text` with the tokens of message and unsubscribe links taken out."""
    return SECRET_PATHS.sub(r"\1…", text)


class ScrubbedLogger(Logger):  # type: ignore[misc]  # its base ships no types
    """gunicorn's access log without tokens."""

    def atoms(self, resp, req, environ, request_time):  # type: ignore[no-untyped-def]  # as its base
        """The values of an access log line; addresses and the page before are scrubbed."""
        atoms = super().atoms(resp, req, environ, request_time)
        for name in ("r", "U", "f", "{raw_uri}e"):
            if atoms.get(name):
                atoms[name] = scrub(str(atoms[name]))
        return atoms
