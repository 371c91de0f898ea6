"""Money: rounded once, shared out to the last cent, read as it was written, two places kept."""

import random
from decimal import Decimal

import psycopg
import pytest
from django import forms
from django.db import connection, models, transaction
from django.db.utils import IntegrityError
from django.test.utils import isolate_apps
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from office import money
from office.exceptions import Refused
from tests import figures

cents = st.integers(min_value=-(10**15), max_value=10**15).map(lambda n: Decimal(n).scaleb(-2))


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("2.345", "2.34"),  # half to even: PostgreSQL's numeric would say 2.35
        ("2.355", "2.36"),
        ("-2.345", "-2.34"),
        ("2.3451", "2.35"),
        ("7", "7.00"),
    ],
)
def test_rounds_half_to_even(amount, rounded):
    assert str(money.round(Decimal(amount))) == rounded


def test_takes_no_float():
    with pytest.raises(TypeError):
        money.round(0.1)
    with pytest.raises(TypeError):
        money.exact(0.1)


def test_exact_keeps_two_places_and_refuses_a_third():
    assert str(money.exact(Decimal("12.5"))) == "12.50"
    assert str(money.exact(Decimal("12.500"))) == "12.50"
    with pytest.raises(Refused, match="at most two decimals"):
        money.exact(Decimal("12.505"))


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "100000000000000.00"])
def test_exact_refuses_what_is_no_bookable_amount(amount):
    with pytest.raises(Refused):
        money.exact(Decimal(amount))


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        # 100.00 / 3 = 33.33 and one cent over: the earliest of equal remainders takes it.
        ("100.00", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("-100.00", [1, 1, 1], ["-33.34", "-33.33", "-33.33"]),
        # 5 cents by thirds: 1.67 and 3.33. The larger remainder, .67, takes the odd cent.
        ("0.05", [1, 2], ["0.02", "0.03"]),
        ("0.01", [0, 1, 0], ["0.00", "0.01", "0.00"]),
        ("10.00", [Decimal("0.25"), Decimal("0.75")], ["2.50", "7.50"]),
        ("0.00", [0, 0], ["0.00", "0.00"]),
    ],
)
def test_shares_out_by_largest_remainder(total, weights, shares):
    assert [str(share) for share in money.allocate(Decimal(total), weights)] == shares


def test_nothing_to_share_by_is_an_error():
    with pytest.raises(ValueError, match="no weight"):
        money.allocate(Decimal("1.00"), [0, 0])
    with pytest.raises(ValueError, match="zero or more"):
        money.allocate(Decimal("1.00"), [2, -1])


def test_ten_thousand_random_schedules_sum_exactly():
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    for _ in range(figures.figure(10_000)):
        total = Decimal(dice.randint(-(10**9), 10**9)).scaleb(-2)
        weights = [Decimal(dice.randint(0, 10**6)).scaleb(-dice.randint(0, 4)) for _ in range(12)]
        weights.append(Decimal(1))

        shares = money.allocate(total, weights)

        assert sum(shares) == total, f"seed {seed}"


@given(total=cents, weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_a_share_is_less_than_a_cent_off_and_a_refund_mirrors_the_charge(total, weights):
    weights[0] += 1

    shares = money.allocate(total, weights)

    assert sum(shares) == total
    assert money.allocate(-total, weights) == [-share for share in shares]
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < money.CENT * sum(weights)


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [
        ("1,234.56", "en", "1234.56"),
        ("$1,234.5", "en", "1234.50"),
        (" -$ 12 ", "en", "-12.00"),
        (".50", "en", "0.50"),
        ("1,234.56", "es", "1234.56"),  # Spanish of the United States
        ("1.234,56", "es-ES", "1234.56"),
        ("1 234,56", "fr", "1234.56"),
        ("1.234", "de", "1234.00"),
    ],
)
def test_reads_an_amount_by_the_signs_of_the_language(text, language, amount):
    assert str(money.parse(text, language)) == amount


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("1,50", "en"),  # one fifty must not become 150
        ("1.234,56", "en"),
        ("12,34.00", "en"),
        ("", "en"),
        ("abc", "en"),
        ("1e5", "en"),
        ("NaN", "en"),
        ("1_000", "en"),
        ("1 2", "en"),
        ("--5", "en"),
        ("\u0661\u0662", "en"),  # Arabic digits
        ("1.50", "es-ES"),
    ],
)
def test_an_unreadable_amount_is_refused_with_an_example(text, language):
    with pytest.raises(Refused, match=r"Write the amount like 1[.,]234[.,]56"):
        money.parse(text, language)


@pytest.mark.parametrize("text", ["1.005", "$0.001", "1,234.560"])
def test_a_third_decimal_is_refused_and_not_rounded(text):
    with pytest.raises(Refused, match="at most two decimals"):
        money.parse(text, "en")


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        ("1234567.5", "USD", "en", "$1,234,567.50"),
        ("-1234.5", "USD", "en", "-$1,234.50"),
        ("-0.001", "USD", "en", "$0.00"),
        ("1234.5", "USD", "es", "$1,234.50"),
        ("1234567.5", "EUR", "de", "1.234.567,50\u00a0€"),
        ("1234.5", "EUR", "es-ES", "1.234,50\u00a0€"),
    ],
)
def test_writes_an_amount_as_the_reader_does(amount, currency, language, written):
    assert money.format(Decimal(amount), currency, language) == written


def test_the_active_language_is_the_reader():
    with translation.override("de"):
        assert money.format(Decimal("1.5"), "EUR") == "1,50\u00a0€"
        assert money.parse("1,5") == Decimal("1.50")


class _Form(forms.Form):
    amount = money.MoneyFormField(min_value=Decimal(0))


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong():
    form = _Form({"amount": "12.345"})

    assert form.errors["amount"] == ["An amount of money has at most two decimals."]
    assert 'value="12.345"' in str(form["amount"])
    assert 'inputmode="decimal"' in str(form["amount"])


def test_a_form_reads_and_shows_amounts():
    form = _Form({"amount": "1,250.5"})

    assert form.is_valid()
    assert form.cleaned_data["amount"] == Decimal("1250.50")
    assert 'value="1250.50"' in str(_Form(initial={"amount": Decimal("1250.5")})["amount"])
    assert "amount" in _Form({"amount": "-1"}).errors


@pytest.fixture
def purse(db, as_owner):
    """A table with one amount, made for this test."""
    with isolate_apps("office"):

        class Purse(models.Model):
            amount = money.MoneyField(null=True)

            class Meta:
                app_label = "office"

        with as_owner(), connection.schema_editor() as editor:
            editor.create_model(Purse)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("GRANT ALL ON office_purse TO PUBLIC")
            cursor.execute("GRANT ALL ON SEQUENCE office_purse_id_seq TO PUBLIC")
        yield Purse


def test_a_column_keeps_two_places(purse):
    purse.objects.create(amount=Decimal("7.5"))
    purse.objects.create(amount=None)

    assert [str(a) for a in purse.objects.order_by("pk").values_list("amount", flat=True)] == [
        "7.50",
        "None",
    ]
    assert purse.objects.aggregate(total=models.Sum("amount"))["total"] == Decimal("7.50")


def test_the_database_refuses_a_third_place_rather_than_rounding(purse):
    with connection.cursor() as cursor:
        for amount in ("2.345", "100000000000000", "'NaN'"):
            with pytest.raises(IntegrityError) as refusal, transaction.atomic():
                cursor.execute(f"INSERT INTO office_purse (amount) VALUES ({amount})")
            assert isinstance(refusal.value.__cause__, psycopg.errors.CheckViolation)


def test_every_way_to_save_refuses_a_third_place(purse):
    row = purse.objects.create(amount=Decimal("1.00"))
    row.amount = Decimal("2.345")

    for save in (
        row.save,
        lambda: purse.objects.update(amount=Decimal("2.345")),
        lambda: purse.objects.bulk_create([purse(amount=Decimal("2.345"))]),
        lambda: purse.objects.bulk_update([row], ["amount"]),
    ):
        with pytest.raises(Refused, match="at most two decimals"), transaction.atomic():
            save()
    with pytest.raises(TypeError), transaction.atomic():
        purse.objects.create(amount=0.1)
    with pytest.raises(IntegrityError), transaction.atomic():
        purse.objects.update(amount=models.F("amount") / 3)
