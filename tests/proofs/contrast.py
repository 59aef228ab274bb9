"""Any brand colour gives an accessible theme."""

import random

from themes.tokens import contrast_failures

COLOURS = 1200
SEED = 20_240_611


def run() -> dict[str, int]:
    """Random primary and accent colours, corners of the cube first: colours tried, failures."""
    draw = random.Random(SEED)
    corners = [f"#{r}{g}{b}" for r in ("00", "ff") for g in ("00", "ff") for b in ("00", "ff")]
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(0, 256, 17)]
    pairs = [(colour, colour) for colour in corners + greys]
    while len(pairs) < COLOURS:
        pairs.append((f"#{draw.randrange(1 << 24):06x}", f"#{draw.randrange(1 << 24):06x}"))
    failures = [failure for pair in pairs for failure in contrast_failures(*pair)]
    return {"colours": len(pairs), "failures": len(failures)}
