"""Money is integer minor units (cents); rounding happens once, here, half up.

Half up (not half to even) is what Brazilian consumers and banks expect: 0.5 cent is 1 cent.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray


def cents(amount: Decimal) -> int:
    """An exact amount in cents (a Decimal *of cents*) to whole cents, half up."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def share(amount_cents: int, fraction: Decimal) -> int:
    """`fraction` of an amount, to whole cents."""
    return cents(Decimal(amount_cents) * fraction)


def split(amount_cents: int, parts: int) -> list[int]:
    """Equal parts that sum to the amount; the remainder is on the last one.

    Raises ValueError for fewer than one part.
    """
    if parts < 1:
        raise ValueError("at least one part")
    each = amount_cents // parts
    return [each] * (parts - 1) + [amount_cents - each * (parts - 1)]


def in_proportion(amount_cents: int, weights: Sequence[int]) -> list[int]:
    """The amount divided by non-negative weights; the parts sum to it.

    The remainder is on the last positive weight. Raises ValueError when no weight is positive.
    """
    total = sum(weights)
    if total <= 0:
        raise ValueError("at least one positive weight")
    parts = [amount_cents * weight // total for weight in weights]
    last = max(index for index, weight in enumerate(weights) if weight > 0)
    parts[last] += amount_cents - sum(parts)
    return parts


def share_columns(
    amount_cents: NDArray[np.int64], parts_per_million: NDArray[np.int64]
) -> NDArray[np.int64]:
    """`share` on columns: the fraction as whole parts per million, half up, exact in int64.

    Amounts stay below 9.2e12 cents / 1e6 ppm; larger ones raise OverflowError.
    """
    if amount_cents.size and int(amount_cents.max()) > 9_000_000_000_000:
        raise OverflowError("an amount is too large for exact integer shares")
    result: NDArray[np.int64] = (amount_cents * parts_per_million + 500_000) // 1_000_000
    return result
