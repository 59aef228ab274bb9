"""How well chances are told out of time: AUC and calibration on the latest fifth of the days."""

from typing import Any

from app.scoring.calibration import auc, ece, train
from tests.proofs import telemarketing

SEED = 2014


def run() -> dict[str, Any]:
    """Train on the earlier days of the telemarketing campaign, tell the answers of the last."""
    traits, answer, day = telemarketing.draw(SEED)
    trained = train(traits, answer, day)
    latest = day >= trained.days[2][0]
    chance = trained.predict(traits.filter(latest))
    return {
        "data_set": "simulated from published telemarketing counts (Moro, Cortez, Rita 2014)",
        "rows": len(answer),
        "rows_out_of_time": int(latest.sum()),
        "auc_out_of_time": round(auc(answer[latest], chance), 3),
        "ece": round(ece(answer[latest], chance), 3),
        "used": trained.used,
    }
