"""The copy lint on the whole library: every combination of wordings, and every wording alone."""

from itertools import chain

from themes.lint import lint_wordings, walk_library


def run() -> dict[str, object]:
    """How many texts were linted and what was found in them."""
    texts = 0
    violations = []
    composed = ((one.key, one.findings) for one in walk_library())
    for where, findings in chain(composed, lint_wordings()):
        texts += 1
        violations += [f"{where}: {one.rule} {one.matched!r}" for one in findings]
    return {"texts": texts, "violations": len(violations), "found": violations[:20]}
