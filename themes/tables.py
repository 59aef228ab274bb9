"""Tables of a file that a creditor writes, whose fields say themselves what they take.

Every message is a msgid of the catalogue "files" with its values (`themes.checks.Problem`), said in
the reader's language by `themes.tomlfile`. marshmallow's own English sentences are replaced here.
"""

from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from themes import checks
from themes.checks import Problem

REQUIRED = "This field is required."
UNKNOWN = "There is no such field. There are: %(fields)s."
NOT_TEXT = "This is not a text."
NOT_A_LIST = "This is not a list, such as [1, 2]."
NOT_A_TABLE = "This is not a table of fields."
T = TypeVar("T")


class Table(Schema):
    """A table of the file; a field that it does not know is an error."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": UNKNOWN, "type": NOT_A_TABLE}

    def handle_error(self, error: ValidationError, data: Any, **_options: Any) -> None:
        """Say beside an unknown field which ones there are."""
        known: Problem = (UNKNOWN, {"fields": ", ".join(self.fields)})
        for field, said in error.messages_dict.items():
            if said == [UNKNOWN]:
                error.messages_dict[field] = [known]


class Kind(fields.Field[T]):
    """A value that is described by one sentence, whatever was wrong with what stood there."""

    def __init__(self, takes: Problem, **options: Any) -> None:
        super().__init__(**options)
        self.takes = takes

    def make_error(self, key: str, **_values: Any) -> ValidationError:
        """What belongs here; of a field that is missing, that it is."""
        missing: list[Problem] = [(REQUIRED, {})] if key == "required" else []
        return ValidationError([*missing, self.takes])


class Whole(Kind[int]):
    """A whole number, both ends included."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        values = {"least": checks.written(least), "most": checks.written(most)}
        super().__init__(("A whole number from %(least)s to %(most)s.", values), **options)
        self._least, self._most = least, most

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        is_whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not is_whole or not self._least <= value <= self._most:
            raise self.make_error("invalid")
        return int(value)


class Number(Kind[float]):
    """A number from 0 to `most`, as such or as a text."""

    def __init__(self, most: float, **options: Any) -> None:
        values = {"most": checks.written(most)}
        super().__init__(("A number from 0 to %(most)s, such as 0.05.", values), **options)
        self._most = most

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        try:
            number = -1.0 if isinstance(value, bool) else float(value)
        except (TypeError, ValueError) as error:
            raise self.make_error("invalid") from error
        if not 0 <= number <= self._most:
            raise self.make_error("invalid")
        return number


class Choice(Kind[str]):
    """One of a few words."""

    def __init__(self, choices: tuple[str, ...], **options: Any) -> None:
        super().__init__((checks.ONE_OF, {"choices": ", ".join(choices)}), **options)
        self._choices = choices

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if value not in self._choices:
            raise self.make_error("invalid")
        return str(value)


class ByName(fields.Dict):
    """Values by name; an error is one of the name, as a person reads the file."""

    default_error_messages = {"invalid": NOT_A_TABLE, "null": NOT_A_TABLE, "required": REQUIRED}

    def deserialize(self, *given: Any, **options: Any) -> Any:
        """As any field; raises ValidationError."""
        try:
            return super().deserialize(*given, **options)
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            plain = {
                name: said.get("key") or said["value"] for name, said in error.messages.items()
            }
            raise ValidationError(plain) from error


def text(least: int, most: int, *more: Callable[[str], None], **options: Any) -> fields.String:
    """A line of text; required unless `load_default` is given."""
    options.setdefault("required", "load_default" not in options)
    rules = [checks.plain, checks.length(least, most), *more]
    words: dict[str, Any] = {"required": REQUIRED, "invalid": NOT_TEXT, "null": NOT_TEXT}
    return fields.String(validate=validate.And(*rules), error_messages=words, **options)


def table(schema: type[Schema], **options: Any) -> fields.Nested:
    """A table of the file; required unless `load_default` is given."""
    options.setdefault("required", "load_default" not in options)
    words: dict[str, Any] = {"required": REQUIRED, "type": NOT_A_TABLE, "null": NOT_A_TABLE}
    return fields.Nested(schema, error_messages=words, **options)


def listed(
    inner: fields.Field[Any], least: int = 0, most: int = 1000, **options: Any
) -> fields.List[Any]:
    """So many values of a kind; required unless `load_default` is given."""
    options.setdefault("required", "load_default" not in options)
    words: dict[str, Any] = {"required": REQUIRED, "invalid": NOT_A_LIST, "null": NOT_A_LIST}
    return fields.List(inner, validate=checks.count(least, most), error_messages=words, **options)


def stripped(data: Any) -> Any:
    """A table with its texts without the space around them."""
    if not isinstance(data, Mapping):
        return data
    return {key: value.strip() if isinstance(value, str) else value for key, value in data.items()}
