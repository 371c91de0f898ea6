"""Changing a policy in force in the browser's terms: priced, decided, issued; a vehicle added."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.urls import reverse

from office import clock
from policies import services
from policies.models import TermTransaction
from tests import factories
from tests.policies.changing import VALUE, may_go_back, setting

pytestmark = pytest.mark.django_db

AUGUST = datetime(2026, 8, 15, 18, tzinfo=UTC)
SEPTEMBER = "2026-09-01"


@pytest.fixture(autouse=True)
def _in_august():
    with clock.travel(AUGUST):
        yield


@pytest.fixture
def policy():
    with clock.travel(datetime(2026, 2, 20, 18, tzinfo=UTC)):
        return factories.policy_in_force(pay_plan="quarterly")


@pytest.fixture
def service():
    """Somebody of customer service, as Sarah's call reaches."""
    return factories.person("customer_service")


def posted_form(policy, **changes):
    """The form of the policy as it stands, as a browser would post it."""
    vehicle = policy.terms.get().segments.current().last().insured["risk"]["vehicles"][0]
    driver = policy.terms.get().segments.current().last().insured["risk"]["drivers"][0]
    fields = {
        "on": SEPTEMBER,
        "do": "price",
        "vehicles": "v1",
        "drivers": "d1",
        "years_insured": "6",
        "credit_tier": "good",
        **{f"vehicles.v1.{k}": v for k, v in vehicle.items() if k != "key" and v is not False},
        **{f"drivers.d1.{k}": v for k, v in driver.items() if k != "key" and v is not False},
        "cover.v1.BI.limit": "100/300",
        "cover.v1.PD.limit": "50000",
        "cover.v1.UM.limit": "100/300",
        "cover.v1.MED.limit": "5000",
        "cover.v1.COMP.deductible": "500",
        "cover.v1.COLL.deductible": "500",
        "cover.v1.RENT.limit": "",
    }
    risk = policy.terms.get().segments.current().last().insured["risk"]
    fields |= {k: risk[k] for k in ("years_insured", "credit_tier") if k in risk}
    if risk.get("multi_policy"):
        fields["multi_policy"] = "on"
    return {**fields, **changes}


def url(policy):
    return reverse("underwriting:endorse", args=[policy.number])


def test_the_form_holds_what_is_insured_on_that_day(policy, service):
    page = factories.signed_in(service).get(url(policy), {"on": SEPTEMBER}).content.decode()

    assert 'value="1HGCM82633A004352"' in page
    assert "what is insured on 1 Sep 2026" in page


def test_a_change_is_priced_to_the_cent_and_nothing_is_written(policy, service):
    """-77.13 from 1 September (test_endorsing.py); then 342.39 + 3.00 each quarter."""
    form = posted_form(policy, **{"vehicles.v1.value": "10000"})

    page = factories.signed_in(service).post(url(policy), form).content.decode()

    assert "-$77.13" in page
    assert "2021 Toyota Corolla: Value" in page
    assert "345.39" in page
    assert TermTransaction.objects.count() == 1


def priced(browser, policy, **changes):
    """The hidden fields of the priced page."""
    response = browser.post(url(policy), posted_form(policy, **changes))
    form = response.context["form"]
    return {name: form[name].value() for name in ("on", "patch", "recorded")}


def test_what_was_priced_is_issued(policy, service):
    browser = factories.signed_in(service)
    sent = priced(browser, policy, **{"vehicles.v1.value": "10000"})

    response = browser.post(url(policy), {**sent, "do": "issue", "note": "Appraised"}, follow=True)

    written = policy.terms.get().transactions.latest("sequence")
    assert (written.premium, written.recorded_by) == (D("-77.13"), service)
    assert response.redirect_chain == [(policy.get_absolute_url(), 302)]
    assert "The policy is changed from" in response.content.decode()


def test_a_change_of_nothing_is_said_above_the_form(policy, service):
    page = factories.signed_in(service).post(url(policy), posted_form(policy)).content.decode()

    assert "This changes nothing that is insured." in page


def test_a_wrong_value_is_said_next_to_its_field(policy, service):
    form = posted_form(policy, **{"vehicles.v1.value": "1"})

    page = factories.signed_in(service).post(url(policy), form).content.decode()

    assert "at least 500" in page


def test_a_conflict_is_shown_and_refused_until_it_is_decided(policy, service):
    services.endorse_policy(
        policy=policy, effective_on=date(2026, 9, 1), patch=[setting(VALUE, 12000)], by=service
    )
    browser = factories.signed_in(service)
    response = browser.post(url(policy), posted_form(policy, **{"vehicles.v1.value": "10000"}))
    name = f"same_day.2.{VALUE}"
    sent = {n: response.context["form"][n].value() for n in ("on", "patch", "recorded")}

    refused = browser.post(url(policy), {**sent, "do": "issue"})
    done = browser.post(url(policy), {**sent, "do": "issue", name: "mine"})

    assert "another change has set $12,000; this one says $10,000." in response.content.decode()
    assert name in refused.context["form"].errors
    assert done.status_code == 302
    assert policy.terms.get().transactions.count() == 3


def test_going_back_to_the_form_keeps_the_change(policy, service):
    browser = factories.signed_in(service)
    sent = priced(browser, policy, **{"vehicles.v1.value": "10000"})

    page = browser.post(url(policy), {**sent, "do": "edit"}).content.decode()

    assert 'name="vehicles.v1.value" value="10000"' in page


def test_a_day_without_cover_is_asked_again(policy, service):
    response = factories.signed_in(service).get(url(policy), {"on": "2030-01-01"})

    assert response.status_code == 200
    assert "outside the term" in response.content.decode()


def test_a_change_without_authority_for_the_past_is_refused_on_the_page(policy, service):
    browser = factories.signed_in(service)
    sent = priced(browser, policy, **{"on": "2026-06-01", "vehicles.v1.value": "10000"})

    refused = browser.post(url(policy), {**sent, "do": "issue"}).content.decode()
    may_go_back(service, 75)  # from 15 August to 1 June
    done = browser.post(url(policy), {**sent, "do": "issue"})

    assert "You hold no authority" in refused
    assert done.status_code == 302


# A vehicle more


TESLA = {
    "on": SEPTEMBER,
    "vin": "5YJ3E1EA0KF000316",
    "model_year": "2019",
    "make": "Tesla",
    "model": "Model 3",
    "body": "sedan",
    "use": "commute",
    "annual_miles": "12000",
    "value": "25000",
    "postal_code": "90012",
    "primary_driver": "d1",
}


def add_url(policy):
    return reverse("underwriting:add_item", args=[policy.number, "vehicles"])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("vin", "5YJ3E1EA1KF000316", "The check digit is wrong"),
        ("vin", "TOO-SHORT", "The check digit is wrong"),
        ("model_year", "2020", "The VIN stands for the model year 2019."),
        ("value", "1", "at least 500"),
        ("make", "", "This field is required."),
    ],
)
def test_a_vehicle_that_cannot_be_is_asked_again(policy, service, field, value, said):
    response = factories.signed_in(service).post(add_url(policy), {**TESLA, field: value})

    assert said in str(response.context["form"].errors)


def test_a_maker_that_does_not_fit_the_vin_is_pointed_out(policy, service):
    response = factories.signed_in(service).post(add_url(policy), {**TESLA, "make": "Ford"})

    assert "The VIN is of a Tesla, and the make says Ford." in response.content.decode()


def test_three_packages_stand_side_by_side_with_their_price(policy, service):
    """The discount for several vehicles is in each of them: 12 % of both vehicles' BI, PD, ….

    Liability only, a year, two vehicles: BI 310 × 1.28 = 396.80 × 1.00 = 396.80 × 0.88 = 349.18;
    the sums of the change are those of plan_change, which test_endorsing.py holds by hand.
    """
    response = factories.signed_in(service).post(add_url(policy), TESLA)

    options = response.context["options"]
    assert [option.code for option in options] == ["liability", "standard", "full"]
    prices = [option.change.total for option in options]
    assert prices == sorted(prices)
    tesla_bi = next(
        cell for cell in options[0].change.cells if (cell.item, cell.coverage) == ("v2", "BI")
    )
    assert tesla_bi.after == D("173.16")  # 349.18 * 181 / 365 = 173.15501
    page = response.content.decode()
    for option in options:
        assert f"{option.change.total:,.2f}" in page


def test_the_chosen_package_is_issued_at_once(policy, service):
    browser = factories.signed_in(service)
    shown = browser.post(add_url(policy), TESLA)
    price = shown.context["options"][1].change

    response = browser.post(
        add_url(policy),
        {**TESLA, "do": "issue", "package": "standard", "recorded": "1", "note": "By phone"},
    )

    written = policy.terms.get().transactions.latest("sequence")
    vehicles = policy.terms.get().segments.current().latest("valid").insured["risk"]["vehicles"]
    assert response.status_code == 302
    assert (written.premium, written.fees) == (price.premium, D("1.76"))
    assert [vehicle["key"] for vehicle in vehicles] == ["v1", "v2"]
    assert vehicles[1]["model"] == "Model 3"


def test_without_a_choice_nothing_is_issued(policy, service):
    response = factories.signed_in(service).post(
        add_url(policy), {**TESLA, "do": "issue", "recorded": "1"}
    )

    assert "package" in response.context["form"].errors
    assert TermTransaction.objects.count() == 1


def test_what_the_rules_refer_waits_for_an_underwriter(policy, service):
    """Worth more than $90,000."""
    sports = {**TESLA, "value": "250000"}
    shown = factories.signed_in(service).post(add_url(policy), sports)
    assert shown.context["reviews"][0].is_held

    refused = factories.signed_in(service).post(
        add_url(policy), {**sports, "do": "issue", "package": "full", "recorded": "1"}
    )

    assert "An underwriter has to look at this" in refused.content.decode()
    assert TermTransaction.objects.count() == 1


def test_there_is_nothing_to_add_to_what_is_no_list(policy, service):
    browser = factories.signed_in(service)

    assert (
        browser.get(reverse("underwriting:add_item", args=[policy.number, "x"])).status_code == 404
    )


def test_an_accountant_is_refused(policy):
    browser = factories.signed_in(factories.person("accountant"))

    assert browser.get(url(policy)).status_code == 403
    assert browser.get(add_url(policy)).status_code == 403
