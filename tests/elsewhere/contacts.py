"""What becomes of a contact: delivered, read or answered, engaged, and what it annoys."""

import numpy as np

from tests.elsewhere.draw import Column, Flags, sigmoid
from tests.elsewhere.parameters import (
    COMES_TOMORROW,
    DISPUTE_DAYS,
    DISPUTES,
    HUMAN,
    LEAVES_EVERYTHING,
    SILENT,
)
from tests.elsewhere.plans import Contacts
from tests.elsewhere.town import WEEK, Luck, Town


def contact(town: Town, contacts: Contacts) -> Flags:
    """All contacts of the day happen, at most one a person; returns who of all comes today."""
    standing, who = town.standing, contacts.who
    lately = standing.contacts_within(town.day, WEEK)[who]
    weary = town.world.weariness(lately, standing.contacts[who])
    delivered, read, engaged = _reach(town, contacts, weary)
    _write(town, contacts, delivered, read, engaged)
    _annoy(town, contacts, delivered, read, lately)
    release(town)
    _count(town, contacts)
    comes = engaged & (town.luck(Luck.COMES)[who] < town.world.nature.comes)
    tomorrow = comes & (town.luck(Luck.TOMORROW)[who] < COMES_TOMORROW)
    today = standing.comes_tomorrow.copy()
    standing.comes_tomorrow[:] = False
    today[who[comes & ~tomorrow]] = True
    standing.comes_tomorrow[who[tomorrow]] = True
    return today


def release(town: Town) -> None:
    """Disputes that end today."""
    ends = np.flatnonzero(town.standing.released_on == town.day)
    town.standing.held[ends] = False
    town.journal.add("released", ends)


def _reach(town: Town, contacts: Contacts, weary: Column) -> tuple[Flags, Flags, Flags]:
    """Which were delivered, which of those read or answered, and who of these engaged."""
    world, who, channel = town.world, contacts.who, contacts.channel
    arrives = world.latents.delivered[who, channel]
    delivered = town.luck(Luck.DELIVERED)[who] < arrives
    reads = sigmoid(world.read_odds(town.day)[who, channel, contacts.hour] - weary)
    read = delivered & (town.luck(Luck.READS)[who] < reads)
    again = contacts.wording == town.standing.last_wording[who]
    odds = world.engage_odds(town.day)[who, channel]
    odds = odds + world.taste(town.day)[who, contacts.wording]
    odds = odds - world.nature.repeated * again - weary
    return delivered, read, read & (town.luck(Luck.ENGAGES)[who] < sigmoid(odds))


def _write(town: Town, contacts: Contacts, delivered: Flags, read: Flags, engaged: Flags) -> None:
    """What the creditor sees of it: on the phone the right person, by SMS no reading."""
    creditor = town.world.creditor
    channel = np.array(creditor.channels)[contacts.channel]
    hour = np.array(creditor.hours)[contacts.hour]
    wording = np.array(creditor.wordings)[contacts.wording]
    spoken = channel == HUMAN
    steps = (
        ("sent", np.ones_like(delivered)), ("delivered", delivered), ("bounced", ~delivered),
        ("right_party", read & spoken), ("read", read & ~spoken & (channel != SILENT)), ("engaged", engaged),
    )  # fmt: skip
    for kind, rows in steps:
        town.journal.add(
            kind, contacts.who[rows], channel=channel[rows], hour=hour[rows], wording=wording[rows]
        )


def _annoy(town: Town, contacts: Contacts, delivered: Flags, read: Flags, lately: Column) -> None:
    """Complaints, opt-outs (of what arrived) and disputes (of what was read)."""
    standing, latents, who = town.standing, town.world.latents, contacts.who
    rows = np.arange(len(who))
    times = town.world.annoyance(lately)[rows, contacts.channel]
    complains = town.luck(Luck.COMPLAINS)[who] < latents.complaint[who] * times
    leaves = town.luck(Luck.OPTS_OUT)[who] < latents.opt_out[who] * times * delivered
    everything = leaves & (town.luck(Luck.OF_EVERYTHING)[who] < LEAVES_EVERYTHING)
    one = leaves & ~everything
    disputes = read & (town.luck(Luck.DISPUTES)[who] < DISPUTES)
    channel = np.array(town.world.creditor.channels)[contacts.channel]
    town.journal.add("complaint", who[complains], channel=channel[complains])
    town.journal.add("opt_out", who[one], channel=channel[one])
    town.journal.add("opt_out", who[everything])
    town.journal.add("held", who[disputes])
    standing.complaints[who[complains]] += 1
    standing.opt_outs[who[leaves]] += 1
    standing.opted_out[who[one], contacts.channel[one]] = True
    standing.opted_out[who[everything]] = True
    standing.held[who[disputes]] = True
    standing.released_on[who[disputes]] = town.day + DISPUTE_DAYS


def _count(town: Town, contacts: Contacts) -> None:
    standing, who = town.standing, contacts.who
    standing.contacted[who, town.day + WEEK] = True
    standing.contacts[who] += 1
    standing.last_contact[who] = town.day
    standing.last_wording[who] = contacts.wording
    standing.contact_cents[who] += town.world.creditor.cost_cents[contacts.channel]
