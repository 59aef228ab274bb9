"""A night's choice as a function of what was known: the same inputs, the same plan. Pure."""

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from app.engine import frames, planning
from app.engine.state import State, begin
from app.journeys.arms import Arm
from app.journeys.spec import Spec
from app.nights import packing
from app.offers.ladder import Offers
from app.scoring.features import SETTLED_BELOW
from app.scoring.traits import Scale
from themes.lacking import Lacking


class OtherMake(Lacking):
    """Written down by an engine that knows people otherwise: its bytes would be misread."""

    def __init__(self) -> None:
        super().__init__("This night was planned by another version of the engine.")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a night's plan follows from."""

    day: date
    portfolio: pl.DataFrame
    """The engine's columns, `record`, and `expected` (null: no trained score), one row a person."""
    learned: bytes
    rules: Mapping[str, Any]
    spec: Spec
    scale: Scale
    layout: int | None = None
    """What the records and what was learned are laid out as; None: as this engine does."""

    def stored(self) -> bytes:
        """The part of it that is kept as a file: all but rules, spec and scale, which have rows."""
        return packed(self.learned, self.portfolio)


def inputs_from(
    content: bytes,
    day: date,
    rules: Mapping[str, Any],
    spec: Spec,
    scale: Scale,
    layout: int | None,
) -> Inputs:
    """Inputs from a stored file."""
    learned, frame = unpacked(content)
    return Inputs(day, frame, learned, rules, spec, scale, layout)


def packed(head: bytes, frame: pl.DataFrame) -> bytes:
    """Columns behind a head of any bytes."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="zstd")
    return struct.pack("!q", len(head)) + head + buffer.getvalue()


def unpacked(content: bytes) -> tuple[bytes, pl.DataFrame]:
    """Head and columns."""
    (size,) = struct.unpack_from("!q", content)
    return content[8 : 8 + size], pl.read_ipc(io.BytesIO(content[8 + size :]))


@dataclass(frozen=True, slots=True)
class Choice:
    """A night's actions (engine columns), and what it fixed."""

    state: State
    actions: pl.DataFrame
    offers: Offers
    """What each person (n,) would see today."""
    night: planning.Night


def state_of(inputs: Inputs) -> State:
    """The state on the morning of the night's day: what happened from the records, what stands
    today from the portfolio. Raises OtherMake."""
    told = inputs.portfolio.drop("record", "expected")
    state = begin(told, inputs.rules, inputs.spec, inputs.scale)
    if inputs.layout not in (None, packing.layout_of(state)):
        raise OtherMake
    if inputs.portfolio["expected"].null_count() == 0:
        state.expected = inputs.portfolio["expected"].to_numpy()
    packing.put_learned(state, inputs.learned)
    rows = np.arange(len(state.people))
    packed = np.frombuffer(b"".join(inputs.portfolio["record"].to_list()), np.uint8)
    packing.put_records(state, rows, packed.reshape(len(rows), -1))
    stand_today(state)
    return state


def stand_today(state: State) -> None:
    """Who owes what, agreed or is stopped: as it stands, not as the events tell."""
    history = state.history
    history.balance[:] = state.people.balance
    history.settled[:] = state.people.balance < SETTLED_BELOW
    history.agreed[:] = state.people.agreed
    # Holds and opt-outs of today are in `reachable`: the contact policy was asked.
    history.held[:] = False
    history.opted_out[:] = False
    # An address that came back is not used any more, and another may have taken its place.
    history.arrived[:] = True
    # The creditor's own journey writes to the comparison, on places of its own.
    history.quiet_until[state.arm == Arm.RULES] = np.iinfo(np.int32).max


def choose(inputs: Inputs, under: planning.Night | None = None) -> Choice:
    """The plan of a day; `under` a night that fixed its prices already: of some of its people."""
    return chosen(state_of(inputs), inputs.day, under)


def chosen(state: State, day: date, under: planning.Night | None = None) -> Choice:
    """The same from a state of that morning."""
    everybody = np.arange(len(state.people))
    legal = planning.legal_of(state, day)
    scored = planning.together(
        [
            planning.score(state, everybody[at : at + planning.CHUNK], day, legal)
            for at in range(0, len(everybody), planning.CHUNK)
        ]
    )
    best, fixed = planning.choose(state, scored, day, under)
    return Choice(state, frames.actions(state, best), scored.offers, fixed)
