import pytest

from app.offers import rules
from tests.offers.cases import DATA, data
from themes import tomlfile
from themes.tomlfile import FileInvalid


def fields(wrong):
    return [fault.where for fault in wrong.value.faults]


def test_rules_are_typed_with_exact_fractions():
    typed = rules.parse(DATA)
    assert typed.bands[0].monthly_rate == 19_900
    assert typed.bands[2].days_past_due == (721, 36_500)
    assert typed.due_days == (5, 10, 15, 20, 25)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"monthly_rate": "0.5"}, "bands[0].monthly_rate"),
        ({"principal_discount": "1.2"}, "bands[0].principal_discount"),
        ({"principal_discount": "nan"}, "bands[0].principal_discount"),
        ({"charges_discount": True}, "bands[0].charges_discount"),
        ({"longest": 61}, "bands[0].longest"),
        ({"days_past_due": [90, 1]}, "bands[0].days_past_due"),
        ({"days_past_due": "all"}, "bands[0].days_past_due"),
        ({"contact_fee_cents": 500}, "bands[0].contact_fee_cents"),
        ({"name": ""}, "bands[0].name"),
    ],
)
def test_an_error_names_its_field(change, field):
    with pytest.raises(FileInvalid) as wrong:
        rules.parse(data(**change))
    assert fields(wrong) == [field]


def test_missing_fields_and_doubled_names_are_named():
    with pytest.raises(FileInvalid) as wrong:
        rules.parse({"bands": []})
    assert {"due_days", "validity_days", "bands"} <= set(fields(wrong))
    twice = data()
    twice["bands"] *= 2
    with pytest.raises(FileInvalid) as wrong:
        rules.parse(twice)
    assert fields(wrong) == ["bands"]


def test_only_a_financial_institution_asks_more_than_one_percent_a_month():
    fair, dear = data(monthly_rate="0.01"), data(monthly_rate="0.0199")
    rules.parse(dear, creditor_type="bank")
    rules.parse(fair, creditor_type="retail")
    with pytest.raises(FileInvalid) as wrong:
        rules.parse(dear, creditor_type="retail")
    assert fields(wrong) == ["bands[0].monthly_rate"]


def test_a_file_that_is_no_toml_is_an_error_of_the_file():
    with pytest.raises(FileInvalid) as wrong:
        tomlfile.parse(b"bands = [")
    assert fields(wrong) == [""]
