"""Says on screen when the suite against Stripe's test mode did not run."""

import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", [])
               if "stripe_live" in report.nodeid]  # fmt: skip
    if skipped and not os.environ.get("STRIPE_TEST_KEY"):
        terminalreporter.write_line(
            f"stripe: {len(skipped)} tests against Stripe's test mode did NOT run "
            "(no STRIPE_TEST_KEY); the twin stood in.",
            yellow=True,
        )
