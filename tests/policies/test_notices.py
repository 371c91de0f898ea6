"""Notice before an end: the published table, and days counted on a calendar."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from office.exceptions import Refused
from policies import notices
from policies.notices import Place

VECTORS = Path(__file__).parent.parent / "vectors" / "cancellation-notice.yaml"
SINCE = date(2025, 3, 1)
NOTICED = date(2026, 3, 2)
PUBLISHED = yaml.safe_load(VECTORS.read_text())


def auto(jurisdiction: str) -> Place:
    return Place(jurisdiction, "casualty", "auto")


COLORADO = auto("US-CO")


def check(place=COLORADO, side="carrier", reason="nonpayment", **changes):
    known = {
        "noticed_on": NOTICED,
        "effective_on": NOTICED + timedelta(days=200),
        "in_force_since": SINCE,
    }
    return notices.check_cancellation(place, side=side, reason=reason, **(known | changes))


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["jurisdiction"])
def test_personal_auto_follows_the_published_table(row):
    rule = notices.rule_for(auto(row["jurisdiction"]), NOTICED)

    assert (rule.midterm, rule.nonpayment, rule.nonrenewal) == (
        row["midterm"],
        row["nonpayment"],
        row["nonrenewal"],
    )


def test_days_of_notice_are_counted_from_the_day_it_is_given():
    # 2 March + 10 days = 12 March; the day before is one too early.
    notice = check(effective_on=date(2026, 3, 12))
    assert (notice.days, notice.earliest_on) == (10, date(2026, 3, 12))

    with pytest.raises(Refused) as refusal:
        check(effective_on=date(2026, 3, 11))
    assert refusal.value.message == (
        "Colorado demands 10 days of notice, so the policy can end on 12 Mar 2026 at the "
        "earliest (Colo. Rev. Stat. §§ 10-4-602 to 10-4-605)."
    )
    assert refusal.value.field == "effective_on"


def test_reason_that_the_law_does_not_know_is_refused_with_what_it_permits():
    with pytest.raises(Refused) as refusal:
        check(reason="underwriting")

    assert refusal.value.field == "reason"
    assert refusal.value.message == (
        "Colorado does not let a carrier end this policy for that reason in mid-term. "
        "It permits: The premium was not paid; A material fact was stated wrongly; Fraud; "
        "The driving licence was suspended (Colo. Rev. Stat. §§ 10-4-602 to 10-4-605)."
    )


def test_a_new_policy_may_be_ended_for_any_reason_within_its_first_days():
    # Colorado: in force for fewer than 60 days, 10 days of notice. 2 March is day 59 of a
    # policy that began on 2 January, and day 60 of one that began on 1 January.
    notice = check(
        reason="underwriting", in_force_since=date(2026, 1, 2), effective_on=date(2026, 3, 12)
    )
    assert notice.days == 10

    with pytest.raises(Refused):
        check(reason="underwriting", in_force_since=date(2026, 1, 1))


def test_unpaid_premium_of_a_new_policy_has_the_notice_of_unpaid_premium():
    # Kentucky: 14 days for either; Florida: 10 unpaid, 45 for any other reason.
    new = {"in_force_since": date(2026, 2, 1)}

    assert check(auto("US-FL"), **new).days == 10
    assert check(auto("US-FL"), reason="underwriting", **new).days == 45


def test_kind_of_product_speaks_before_its_line_and_federal_law_for_every_state():
    home = notices.rule_for(Place("US-FL", "property", "home"), NOTICED)
    business = notices.rule_for(Place("US-FL", "property", "commercial"), NOTICED)
    health = notices.rule_for(Place("US-NE", "health", "medical"), NOTICED)

    assert (home.nonrenewal, home.citation) == (120, "Fla. Stat. § 627.4133(2)")
    assert (business.nonrenewal, business.citation) == (45, "Fla. Stat. § 627.4133(1)")
    assert "45 CFR" in health.citation


def test_law_holds_from_its_day_on():
    # The rule for homes in California is on file from 1 July 2020; before it the line's speaks.
    home = Place("US-CA", "property", "home")

    assert notices.rule_for(home, date(2020, 7, 1)).nonrenewal == 75
    assert notices.rule_for(home, date(2020, 6, 30)).nonrenewal == 60


def test_where_no_rule_is_on_file_a_carrier_ends_nothing():
    with pytest.raises(Refused, match="There is no rule on file for ending a policy in Texas"):
        check(auto("US-TX"))


# The policyholder's wish


def test_policyholder_may_leave_on_any_day_from_that_of_the_wish():
    notice = check(auto("US-TX"), side="insured", reason="request", effective_on=NOTICED)

    assert (notice.days, notice.earliest_on) == (0, NOTICED)


def test_an_end_in_the_past_needs_a_reason_that_can_be_shown_and_the_proof():
    yesterday = NOTICED - timedelta(days=1)

    with pytest.raises(Refused, match="only for cover that was replaced"):
        check(side="insured", reason="request", effective_on=yesterday, has_proof=True)
    with pytest.raises(Refused, match="needs proof"):
        check(side="insured", reason="sold", effective_on=yesterday)
    check(side="insured", reason="sold", effective_on=yesterday, has_proof=True)


def test_proof_does_not_shorten_a_carriers_notice():
    with pytest.raises(Refused, match="demands 10 days"):
        check(effective_on=NOTICED, has_proof=True)


# Non-renewal


def test_the_last_day_to_not_renew_lies_before_the_end_of_the_term():
    # Nebraska: 60 days before 1 March 2027 is 31 December 2026.
    ends_on = date(2027, 3, 1)

    notice = notices.check_nonrenewal(auto("US-NE"), noticed_on=date(2026, 12, 31), ends_on=ends_on)
    assert (notice.days, notice.earliest_on) == (60, date(2026, 12, 31))
    with pytest.raises(Refused) as refusal:
        notices.check_nonrenewal(auto("US-NE"), noticed_on=date(2027, 1, 1), ends_on=ends_on)
    assert refusal.value.message == (
        "Nebraska demands 60 days of notice before a policy is not renewed; the last day for it "
        "was 31 Dec 2026 (Neb. Rev. Stat. §§ 44-514 to 44-521)."
    )


def test_a_life_policy_must_be_renewed():
    with pytest.raises(Refused, match="In Florida the carrier must renew this policy"):
        notices.check_nonrenewal(
            Place("US-FL", "life", "term_life"), noticed_on=NOTICED, ends_on=date(2027, 3, 1)
        )


@given(
    st.sampled_from([row["jurisdiction"] for row in PUBLISHED]),
    st.sampled_from(["nonpayment", "fraud", "misrepresentation", "licence_suspended"]),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 400),
    st.integers(-10, 150),
)
def test_an_end_is_accepted_exactly_from_its_earliest_day_on(
    jurisdiction, reason, noticed_on, in_force_for, after
):
    place = auto(jurisdiction)
    since = noticed_on - timedelta(days=in_force_for)
    rule = notices.rule_for(place, noticed_on)
    earliest_on = notices.notice_of_carrier(
        rule, reason=reason, noticed_on=noticed_on, in_force_since=since
    ).earliest_on
    effective_on = noticed_on + timedelta(days=after)

    try:
        check(
            place,
            reason=reason,
            noticed_on=noticed_on,
            effective_on=effective_on,
            in_force_since=since,
        )
    except Refused:
        assert effective_on < earliest_on
    else:
        assert effective_on >= earliest_on
