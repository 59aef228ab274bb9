"""Something of a creditor's that is not there."""

from themes.checks import Problem


class Lacking(LookupError):
    """What a creditor has not got, or not yet: `problem` says it in any language.

    `message` is a msgid of the catalogue "files".
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.problem: Problem = (message, values)
