"""Debtors, debts and charges; portfolio import and daily update."""
