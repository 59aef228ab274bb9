"""One world judged: what every policy earns in it, and whether the engine said the truth."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from time import process_time

from tests.elsewhere import informed, oracle
from tests.elsewhere.baselines import Segment, Static
from tests.elsewhere.harness import Run, run
from tests.elsewhere.oracle import Oracle, Pace
from tests.elsewhere.player import Player
from tests.elsewhere.world import World, draw_world


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures of one world. Money in cents per person."""

    seed: int
    scenario: str
    people: int
    static: float
    segment: float
    engine: float
    everybody: float
    """Of the engine, with nobody held out."""
    informed: float
    oracle: float
    complaints: dict[str, int]
    """By policy, as `opt_outs`."""
    opt_outs: dict[str, int]
    refused: Counter[str]
    """Of the engine, by reason."""
    generous: Counter[str]
    """The engine's offers above the opening before a visit: allowed, for information."""
    uplift: tuple[float, float, float]
    """As reported: estimate, low, high."""
    truth: float
    """Payments per person when the engine has everybody, beyond those when the creditor's own
    rules have.
    """
    seconds: float
    """Of processor, in all."""

    @property
    def covers_truth(self) -> bool:
        """Whether the reported interval holds the truth."""
        return self.uplift[1] <= self.truth <= self.uplift[2]


def judge(seed: int, scenario: str) -> Verdict:
    """Every policy in the world of this seed."""
    started = process_time()
    world = draw_world(seed, scenario)
    player = Player(world)
    runs = {
        "static": run(world, Static()),
        "segment": run(world, Segment(world)),
        "engine": run(world, player),
        "everybody": run(world, Player(world, holdout=0.0, untouched=0.0)),
        "informed": best(world, informed.shadow(world), informed.PACES),
        "oracle": best(world, world, oracle.PACES),
    }
    reported = player.engine.report().uplift
    engine = runs["engine"]
    return Verdict(
        seed=seed,
        scenario=scenario,
        people=world.creditor.people,
        **{name: one.net_cents for name, one in runs.items()},
        complaints={name: one.complaints for name, one in runs.items()},
        opt_outs={name: one.opt_outs for name, one in runs.items()},
        refused=engine.refused,
        generous=engine.generous,
        uplift=(reported.estimate, reported.low, reported.high),
        truth=true_uplift(world, runs["everybody"]),
        seconds=process_time() - started,
    )


def best(world: World, believed: World, paces: Iterable[Pace]) -> Run:
    """The pace that earns most for who believes to be in `believed`."""
    runs = [run(world, Oracle(believed, pace)) for pace in paces]
    return max(runs, key=lambda one: one.net_cents)


def true_uplift(world: World, everybody: Run) -> float:
    """Cents per person: everybody with the engine, less everybody under the creditor's rules."""
    rules = run(world, Player(world, holdout=1.0, untouched=0.0))
    return everybody.paid_cents - rules.paid_cents
