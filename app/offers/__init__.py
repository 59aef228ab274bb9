"""Creditor rules + person → a personal offer."""
