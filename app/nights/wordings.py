"""The sentences that decisions are explained with: codes to message ids."""


def _(text: str) -> str:
    """Marks a msgid."""
    return text


REASONS = {
    "incremental": _("A message now is expected to bring more than waiting."),
    "creditor_rules": _("This person stays on the creditor's present journey, for the comparison."),
    "preferred_channel": _("It is the channel this person prefers."),
    "preferred_hour": _("It is the hour this person prefers."),
    "soon_after_payday": _("It is soon after the day this person is paid on."),
    "soon_after_wages": _(
        "It is a time at which most people are paid: wages by the fifth business day, or a part of"
        " the thirteenth salary."
    ),
    "reached_here_before": _("This person was reached on this channel before."),
    "other_channel_than_last": _("The last message came on another channel."),
    "came_without_closing": _("This person came to the portal and left without an agreement."),
    "better_offer_waits": _("A better offer waits for this person."),
    "scarce_place": _("Places on this channel are few; this is where one is worth most."),
    "only_channel": _("It is the only channel that may be used with this person today."),
    "best_channel": _("More is expected of this channel than of the others that are allowed."),
    "best_hour": _("More is expected of this hour than of the others that are allowed."),
    "hours_alike": _(
        "Several hours promise this person as much, and none more; this one was drawn among them."
    ),
    "first_message": _("It is the first message to this person about what is owed."),
    "rested": _("As many days have passed since the last message as suit this person."),
    "within_budget": _(
        "The budget for messages does not reach for everybody; this is where it is worth most."
    ),
    "explored": _("It was drawn at random among what is allowed, to learn what works."),
    "changed_meanwhile": _("Something stood against it at the last moment: nothing was written."),
    "agreed_meanwhile": _("There is an agreement now: nothing more is said about the offer."),
    "stopped_meanwhile": _("By now nothing may be sent to this person about the offer."),
    "waiting_is_better": _("After what the person did, saying nothing more today is better."),
    "offer_gone": _("No offer stands for this person any more."),
    "overtaken": _("What it says changed before it left: something was paid, moved or ended."),
    "another_fits_better": _("After what the person did, another message fits better."),
    "day_over": _("Its day was over before it left, and the next day was planned without it."),
}
"""Codes of app.journeys.route, app.nights.writing, app.nights.replanning and
app.agreements.notices."""
OFFER_REASONS = {
    "opening": _("It is the first offer this person sees."),
    "opening_kept": _("The journey settings keep first offers where the offer rules begin."),
    "creditor_rules": _("It is what the creditor's rules say, for the comparison."),
    "came_back": _("The person came, left without closing, and waited until another day."),
    "more_discount": _("The discount is larger than what they saw."),
    "more_instalments": _("There are more instalments than they saw."),
    "as_seen": _("Nobody is offered less than they saw before."),
    "final": _("While it is valid nothing better follows, and the person is told so."),
    "no_room": _("The creditor's rules allow nothing better that day."),
    "no_step_arm": _("This person gets no better offer later, to learn what steps are worth."),
    "explored": _("It was drawn at random beside the best one, to learn what people accept."),
    "person_and_help": _(
        "Hardly enough is left to live on: a person and public help are offered instead."
    ),
}
"""Codes of app.offers.ladder."""
ARMS = {
    "engine": _("Planned by the engine."),
    "explore": _("Planned by the engine, to learn."),
}
OFFER_ARMS = {
    "engine": _("Chosen by the engine."),
    "explore": _("Chosen by the engine, to learn."),
    "no_step": _("Chosen by the engine, without later steps."),
    "rules": _("Made as the creditor's rules say; the person belongs to the comparison."),
    "untouched": _("Made as the creditor's rules say; the person is not written to."),
}
PRESENT_JOURNEY = _("Written by the creditor's present journey; the engine did not choose.")
RULES_ALONE = _("Made as the creditor's rules say; the engine did not choose.")
BY_HAND = _("A person of the team improved it (%(actor)s): %(reason)s.")
ANEW = _("Planned anew by day, after something happened.")
TAKEN_BACK = _("Taken back before it left: something happened that it did not know of.")
SENT = _("%(channel)s, not before %(at)s, wording %(wording)s.")
SENT_MIXED = _("%(channel)s, not before %(at)s, its wording mixed from those of the brand's voice.")
FIRST_MESSAGE = _("It is the first message about an offer.")
FOLLOWS = _("It follows the last message about an offer, of %(day)s.")
INSTALMENTS = {
    "instalment_before": _(
        "An instalment falls due on %(day)s: everybody is reminded some days before."
    ),
    "instalment_due": _("An instalment falls due on that day, %(day)s."),
    "instalment_after": _(
        "An instalment was due on %(day)s and was not paid when this was written."
    ),
}
"""By the intent of a message."""
OWN_COURSE = _("Instalments have a course of their own, the same for everybody.")
ANSWER = _("It answers what the person asked for or did; no plan chose it.")
NOTICE = _("It tells what happened to an agreement or a payment; no plan chose it.")
POLICY = _("Contact policy: %(said)s.")
WITHHELD = _("It did not leave.")
WITHHELD_BY = _("The contact policy withheld it, for what this rule asks: %(said)s.")
ABOUT = _("About this offer:")
OFFER = _("An offer over %(total)s, valid until %(until)s, offer rules %(rules)s.")
TOLD = _("The person is told: %(said)s.")
STEP = _("It is step %(step)s of the ladder.")
OFFERED = _("A discount of up to %(discount)s of what is owed; up to %(count)s payments.")
OFFERED_ONCE = _("A discount of up to %(discount)s of what is owed; everything at once.")
DRAWN = _(
    "Drawn was a discount of %(discount)s of what is owed, in %(count)s payments; that draw had a"
    " chance of %(chance)s."
)
DRAWN_ONCE = _(
    "Drawn was a discount of %(discount)s of what is owed, everything at once; that draw had a"
    " chance of %(chance)s."
)
GRANTED = _("The rules of these debts, or one thing better at a time, made this offer of it.")
HERE_AND_NOW = _("%(channel)s at %(hour)d h, where the person is.")
WORDS = _(
    "Wording %(wording)s of %(wordings)d, drawn by what was answered so far, never the last again."
)
WHOLE = _("A whole message: the one before it was short.")
SHORT = _("A short note: the message before it was a whole one.")
GAIN = _("Expected gain against staying silent: %(value)s.")
LESS_THAN_A_CENT = _("less than %(cent)s")
WORTH = _("Expected gain from showing it on a visit: %(value)s.")
WORTH_DRAWN = _("Expected gain from showing what was drawn on a visit: %(value)s.")
CHANCE = _(
    "This very choice had a chance of %(chance)s; %(count)d combinations of channel and hour were"
    " allowed, each with every wording but the last."
)
OFFER_CHANCE = _("This very offer had a chance of %(chance)s.")
PRICE = _("A place on %(channel)s cost %(price)s that night.")
OWN_POLICY = _("%(version)s with the creditor's own parameters (%(digest)s)")
VERSIONS = _(
    "Night of %(day)s: settings %(settings)s, offer rules %(rules)s, policy %(policy)s,"
    " seed %(seed)s."
)
