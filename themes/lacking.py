"""What a creditor asked for and does not get, said in any language."""

from themes.checks import Problem
from themes.tomlfile import say


class Refused(Exception):
    """Something is not done; `problem` says why: a msgid of the catalogue "files" and its values.

    Its text is the English one.
    """

    def __init__(self, message: str, **values: object) -> None:
        self.problem: Problem = (message, values)
        super().__init__(say("en", self.problem))


class Lacking(Refused, LookupError):
    """A creditor has not got it, or not yet."""
