"""The copy lint: what a text must not say, and what a message must have."""

from themes.lint.ads import LIMITS, lint_ad
from themes.lint.checks import Linter, lint
from themes.lint.email import lint_email
from themes.lint.own_texts import check_fragments, check_lexicon
from themes.lint.rules import Finding, rules
from themes.lint.walking import Walked, lint_wordings, walk_library

__all__ = [
    "LIMITS",
    "Finding",
    "Linter",
    "Walked",
    "check_fragments",
    "check_lexicon",
    "lint",
    "lint_ad",
    "lint_email",
    "lint_wordings",
    "rules",
    "walk_library",
]
