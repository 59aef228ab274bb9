"""`python -m tests.checks`: migration drift and translations; exits non-zero with what is wrong."""

import sys

from tests.checks import migrations, translations


def main() -> int:
    """Run every check and print what it found."""
    failed = False
    for name, problems in (
        ("migration drift", migrations.problems()),
        ("translations", translations.problems()),
    ):
        print(f"{name}: {'ok' if not problems else f'{len(problems)} problem(s)'}")
        for problem in problems:
            print(f"  {problem}")
        failed = failed or bool(problems)
    return 1 if failed else 0


sys.exit(main())
