"""A telemarketing campaign of a bank, simulated from the counts its authors published.

Not the data themselves: the counts by answer of each single trait (Moro, Cortez and Rita, A
data-driven approach to predict the success of bank telemarketing, Decision Support Systems 2014:
41,188 calls, May 2008 to November 2010). Rows are drawn so that every count is met in the mean,
traits being independent given the answer; how the calls of a month spread over the three years is
assumed even. A model can therefore do a little better here than on the original.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

Counts = dict[str, tuple[int, int]]

MONTHS: Counts = {
    "mar": (546, 276), "apr": (2632, 539), "may": (13769, 886), "jun": (5318, 559), "jul": (7174, 649),
    "aug": (6178, 655), "sep": (570, 256), "oct": (718, 315), "nov": (4101, 416), "dec": (182, 89),
}  # fmt: skip
"""Calls, and how many of them were answered with yes."""
TRAITS: dict[str, Counts] = {
    "earlier": {"none": (35563, 3141), "failure": (4252, 605), "success": (1373, 894)},
    "contact": {"cellular": (26144, 3853), "telephone": (15044, 787)},
    "default": {"no": (32591, 4197), "unknown": (8597, 443)},
    "job": {
        "admin": (10422, 1352), "blue-collar": (9254, 638), "technician": (6743, 730), "services": (3969, 323),
        "management": (2924, 328), "retired": (1720, 434), "entrepreneur": (1456, 124), "self-employed": (1421, 149),
        "housemaid": (1060, 106), "unemployed": (1014, 144), "student": (875, 275), "unknown": (330, 37),
    },
}  # fmt: skip
YEARS = ((2008, 5, 12), (2009, 3, 12), (2010, 3, 11))
"""First and last month of each year's calls."""
NUMBER = {"mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}  # fmt: skip


def draw(seed: int) -> tuple[pl.DataFrame, NDArray[np.bool_], NDArray[np.int64]]:
    """Traits, answers and day numbers (a month has 30), in the order of time."""
    random = np.random.default_rng(seed)
    day, yes = [], []
    for month, (calls, answers) in MONTHS.items():
        years = [year for year, first, last in YEARS if first <= NUMBER[month] <= last]
        at = (random.choice(years, calls) - 2008) * 360 + NUMBER[month] * 30
        day.append(at + random.integers(0, 30, calls))
        yes.append(random.random(calls) < answers / calls)
    when, answer = np.concatenate(day), np.concatenate(yes)
    order = np.argsort(when, kind="stable")
    when, answer = when[order], answer[order]
    traits = {name: _trait(counts, answer, random) for name, counts in TRAITS.items()}
    return pl.DataFrame(traits), answer, when - when[0]


def _trait(
    counts: Counts, answer: NDArray[np.bool_], random: np.random.Generator
) -> NDArray[np.str_]:
    """A value per row, with the published shares among the yes and among the no."""
    names = np.array(list(counts))
    calls, answers = np.array(list(counts.values()), dtype=np.float64).T
    drawn = [
        random.choice(len(names), len(answer), p=part / part.sum())
        for part in (calls - answers, answers)
    ]
    return names[np.where(answer, drawn[1], drawn[0])]
