"""How well chances are told out of time: AUC and calibration on the latest fifth of the days."""

from typing import Any

from app.scoring.calibration import auc, ece, train
from tests.proofs import purchases


def run() -> dict[str, Any]:
    """Train on the earlier months of a shop's real payments, tell who pays in the last."""
    traits, paid, day = purchases.mornings()
    trained = train(traits, paid, day, decreasing=["days_since_payment"])
    latest = day >= trained.days[2][0]
    chance = trained.predict(traits.filter(latest))
    return {
        "data_set": "purchases of 2,357 customers of CDNOW, 1997-1998 (Fader and Hardie 2001)",
        "rows": len(paid),
        "rows_out_of_time": int(latest.sum()),
        "auc_out_of_time": round(auc(paid[latest], chance), 3),
        "ece": round(ece(paid[latest], chance), 3),
        "used": trained.used,
    }
