"""The engine as a library: columns of people, history and rules in; actions, offers, reasons out.

No web framework, no database: `Engine.reset`, `plan`, `learn`, `replan`, `report`.

>>> from datetime import date
>>> weekdays = dict.fromkeys(range(5), (8, 20))
>>> spec = Spec(
...     channels=("sms", "email"),
...     hours=(9, 13, 18),
...     wordings=("a", "b"),
...     cost_cents={"sms": 8, "email": 1},
...     capacity={"sms": 500},
...     legal_hours={"*": weekdays | {5: (8, 14)}},
...     incumbent=Incumbent(channels=("email", "sms"), hour=9, spacing_days=7, wording="a"),
... )
>>> band = {"name": "all", "days_past_due": [0], "principal_discount": 0.3, "charges_discount": 1,
...         "opening": 0.5, "longest": 12, "min_instalment_cents": 3_000,
...         "comfortable_instalment_cents": 12_000}
>>> rules = {"bands": [band], "due_days": [5, 20], "validity_days": 10}
>>> portfolio = {"person": [1, 2, 3], "balance_cents": [90_000, 45_000, 150_000],
...              "principal_cents": [70_000, 40_000, 100_000], "days_past_due": [60, 20, 400],
...              "product": ["card", "card", "loan"], "region": ["SP", "BA", "SP"]}
>>> engine = Engine()
>>> engine.reset(portfolio, rules, spec)
>>> monday = date(2026, 3, 2)
>>> plan = engine.plan(monday)
>>> plan.offers.select("person", "instalment_cents").height
3
>>> engine.learn(monday, {
...     "person": [1, 1, 1, 2],
...     "kind": ["sent", "read", "visit", "opt_out"],
...     "channel": ["sms", "sms", "sms", None],
...     "hour": [9, 9, 9, None],
...     "discount": [None, None, 0.3, None],
...     "instalments": [None, None, 6, None],
...     "committed": [None, None, True, None],
... })
>>> engine.report().days
1
"""

from app.engine.facade import Engine, Plan
from app.engine.reporting import Report
from app.journeys.spec import Incumbent, Spec

__all__ = ["Engine", "Incumbent", "Plan", "Report", "Spec"]
