"""The engine as a library: columns of people, history and rules in; actions, offers, reasons out.

No web framework, no database: `Engine.reset`, `plan`, `learn`, `replan`, `report`.
"""

from app.engine.facade import Engine, Plan
from app.engine.reporting import Report
from app.journeys.spec import Incumbent, Spec

__all__ = ["Engine", "Incumbent", "Plan", "Report", "Spec"]
