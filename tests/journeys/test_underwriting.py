"""An underwriter decides on a referral; a rule is drafted, tried, published by somebody else."""

import re

import pytest

from tests import factories
from tests.journeys.conftest import today
from underwriting import services
from underwriting.models import Quote, RuleSetVersion

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_referral_is_approved_and_a_rule_published_by_other_eyes(window):
    author = factories.underwriter(name="Uma Reyes")
    risk = factories.risk()
    risk["drivers"][0]["at_fault_accidents"] = 2
    quote = factories.quote("BIND", application=risk)
    version = RuleSetVersion.objects.get(rule_set_id="BIND-PA")
    draft = services.draft_rule_set(version=version, by=author)

    desk = window()
    desk.sign_in(author)
    desk.reads("Referred to you")
    desk.open("/quotes/referrals/?view=unassigned")
    desk.follow(re.compile("^RF-"), within="main")
    desk.reads("Why it was referred", "risk.drivers[].at_fault_accidents = 2", "Uma Reyes")
    desk.follow("Approve")
    desk.fill("Reason", "Both were minor.")
    desk.press("Approve", within="main")
    desk.reads("The referral is “Approved”", "Both were minor.")
    assert Quote.objects.get(pk=quote.pk).state == "approved"

    page = desk.page
    page.goto(draft.get_absolute_url())
    last = len(version.rules)
    page.locator(f"#id_rule-{last}-code").fill("far")
    condition = page.locator(f"#id_rule-{last}-when")
    condition.press_sequentially("risk.vehicle.exists(v, v.annual_miles > 20000)")
    page.get_by_text("Did you mean “risk.vehicles”?").wait_for()
    condition.fill("risk.vehicles.exists(v, v.annual_miles > 20000)")
    page.get_by_text("The condition can be used.").wait_for()
    page.locator(f"#id_rule-{last}-en").fill("It is driven far.")
    page.locator(f"#id_rule-{last}-es").fill("Se maneja mucho.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The checks find nothing wrong").wait_for()
    page.get_by_role("link", name="Try it on one risk").click()
    page.get_by_label("Number of a submission, a quote or a policy").fill(quote.number)
    page.get_by_role("button", name="Try the rules").click()
    page.get_by_text("What is blocked: Binding").wait_for()

    publisher = factories.signed_in(factories.underwriter(name="Otto Other"))
    answer = publisher.post(
        draft.get_absolute_url().replace("change", "publish"),
        {"effective_from": today().isoformat()},
    )
    assert answer.status_code == 302
    assert RuleSetVersion.objects.latest("pk").rules[-1]["code"] == "far"
