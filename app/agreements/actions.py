"""Everything that changes an agreement. The caller owns the transaction."""

from app.agreements.accepting import accept as accept
from app.agreements.answering import NotAnswerable as NotAnswerable
from app.agreements.answering import Outcome as Outcome
from app.agreements.answering import answer_hold as answer_hold
from app.agreements.binding import Evidence as Evidence
from app.agreements.breaking import break_one as break_one
from app.agreements.breaking import break_overdue as break_overdue
from app.agreements.changing import DateChange as DateChange
from app.agreements.changing import change_due_date as change_due_date
from app.agreements.changing import due_date_choices as due_date_choices
from app.agreements.changing import preview_due_date as preview_due_date
from app.agreements.errors import AlreadyAgreed as AlreadyAgreed
from app.agreements.errors import CannotReopen as CannotReopen
from app.agreements.errors import NotAllowed as NotAllowed
from app.agreements.errors import OfferExpired as OfferExpired
from app.agreements.errors import OutsideLimits as OutsideLimits
from app.agreements.errors import Unfair as Unfair
from app.agreements.receiving import Applied as Applied
from app.agreements.receiving import Part as Part
from app.agreements.receiving import apply_payment as apply_payment
from app.agreements.receiving import payoff_quote as payoff_quote
from app.agreements.reversing import TakenOff as TakenOff
from app.agreements.reversing import take_off as take_off
