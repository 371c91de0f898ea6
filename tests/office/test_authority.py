"""Up to how much somebody may decide (G19)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from office import authority
from office.enums import AuthorityKind
from office.exceptions import Refused
from office.models import AuthorityLimit, Role, User
from tests.figures import figure

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
SETTLEMENT = AuthorityKind.SETTLEMENT


def _user(email="dana@bindery.example", *roles, **fields):
    user = User.objects.create_user(email, name="Dana Ruiz", is_staff=True, **fields)
    user.roles.set(Role.objects.filter(code__in=roles))
    return user


def _limit(amount, *, kind=SETTLEMENT, valid_from=date(2026, 1, 1), **fields):
    return AuthorityLimit.objects.create(
        kind=kind, amount=Decimal(amount), valid_from=valid_from, **fields
    )


def _allowed(user, amount, committed=0, on=TODAY, **scope):
    return authority.require(
        by=user,
        kind=SETTLEMENT,
        amount=Decimal(amount),
        committed=Decimal(committed),
        on=on,
        **scope,
    )


def test_without_a_limit_nobody_decides():
    with pytest.raises(Refused, match="You hold no authority for “Settle a claim”"):
        _allowed(_user(), "0.01")


def test_the_limit_that_allowed_is_returned():
    user = _user()
    limit = _limit("1000.00", user=user)

    assert _allowed(user, "1000.00") == limit


def test_a_cent_above_the_limit_is_refused_with_both_amounts():
    user = _user()
    _limit("1000.00", user=user)

    with pytest.raises(Refused, match=r"ends at \$1,000\.00; this comes to \$1,000\.01"):
        _allowed(user, "1000.01")


def test_what_is_committed_counts_so_that_a_decision_cannot_be_split():
    user = _user()
    _limit("1000.00", user=user)

    with pytest.raises(Refused, match=r"comes to \$1,000\.01"):
        _allowed(user, "400.01", committed="600.00")


def test_administrators_are_not_exempt():
    with pytest.raises(Refused, match="You hold no authority"):
        _allowed(_user(is_superuser=True), "1.00")


def test_somebody_who_may_no_longer_sign_in_decides_nothing():
    user = _user(is_active=False)
    _limit("1000.00", user=user)

    with pytest.raises(Refused):
        _allowed(user, "1.00")


@pytest.mark.parametrize(
    ("on", "allowed"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_a_limit_holds_from_its_first_day_until_before_its_last(on, allowed):
    user = _user()
    _limit("1000.00", user=user, valid_to=date(2026, 7, 1))

    if allowed:
        assert _allowed(user, "1.00", on=on)
    else:
        with pytest.raises(Refused):
            _allowed(user, "1.00", on=on)


def test_a_limit_of_ones_own_replaces_that_of_the_role_also_downwards():
    user = _user("a@bindery.example", "claims_handler")
    _limit("5000.00", role_id="claims_handler")
    _limit("500.00", user=user)

    with pytest.raises(Refused, match=r"ends at \$500\.00"):
        _allowed(user, "501.00")


def test_a_limit_for_everybody_serves_who_has_no_other():
    _limit("50.00")

    assert _allowed(_user(), "50.00")


def test_the_narrower_scope_counts():
    user = _user()
    _limit("5000.00", user=user)
    _limit("100.00", user=user, line="property")

    assert _allowed(user, "5000.00", line="casualty")
    with pytest.raises(Refused, match=r"ends at \$100\.00"):
        _allowed(user, "100.01", line="property")


def test_a_limit_for_another_place_does_not_count():
    user = _user()
    _limit("5000.00", user=user, jurisdiction="US-CA")

    with pytest.raises(Refused):
        _allowed(user, "1.00", jurisdiction="US-FL")


def test_who_could_names_those_whose_limit_covers_it_and_not_the_maker():
    small, maker = _user("small@bindery.example"), _user("maker@bindery.example")
    large = _user("large@bindery.example")
    for user, amount in [(small, "100.00"), (maker, "9000.00"), (large, "5000.00")]:
        _limit(amount, user=user)

    able = authority.who_could(
        kind=SETTLEMENT, amount=Decimal("5000.00"), on=TODAY, besides=[maker.pk]
    )

    assert able == [large]


@pytest.mark.parametrize("count", [1, 3])
def test_who_could_reads_as_often_for_three_people_as_for_one(count, django_assert_num_queries):
    """The limits, the staff, their roles; and each kind of limit finds its people."""
    staff = [_user(f"who{n}@bindery.example", "claims_handler") for n in range(count)]
    _limit("5000.00", role_id="claims_handler")
    _limit("10.00", user=staff[0])

    with django_assert_num_queries(3):
        able = authority.who_could(kind=SETTLEMENT, amount=Decimal("5000.00"), on=TODAY)

    assert {user.pk for user in able} == {user.pk for user in staff[1:]}


@settings(
    max_examples=figure(1000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    amounts=st.lists(
        st.decimals(min_value="0.01", max_value="800", places=2), min_size=1, max_size=10
    )
)
def test_no_sequence_of_split_payments_passes_the_limit(split_user, amounts):
    """Ten payments a sequence at most: 10,000 decisions under `make prove`."""
    committed = Decimal(0)

    for amount in amounts:
        try:
            _allowed(split_user, amount, committed)
        except Refused:
            assert committed + amount > Decimal("1000.00")
        else:
            committed += amount

    assert committed <= Decimal("1000.00")


@pytest.fixture
def split_user():
    user = _user("split@bindery.example")
    _limit("1000.00", user=user)
    return user
