"""From bound to issued: the analyst's checklist, the insured's downloads, a certificate."""

import re

import pytest

from tests import factories
from tests.journeys.browser import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def test_papers_of_a_business_are_checked_issued_and_downloaded(window, office_works):
    owner = factories.customer("US-NE", login=True)
    policy = factories.policy_in_force("liability", "US-NE", insured=owner)
    office_works()
    desk = window()
    desk.sign_in(factories.person("policy_administrator", name="Pia Stone"))

    desk.open("/policies/issue/")
    desk.follow(policy.issuances.get().number)
    desk.reads("Awaiting issue", "2 lines of the checklist are open.")
    for _line in range(2):
        desk.page.get_by_role("link", name="Confirm", exact=True).first.click()
        desk.press("Confirm", within="form.form")
    desk.act("Issue the papers")
    desk.press("Issue the papers", within="form.form")
    desk.reads("Done. The papers are “Issued”.")
    office_works()

    phone = window(size=PHONE)
    phone.sign_in(owner.login, f"/portal/policies/{policy.number}/")
    assert phone.download(re.compile("^Declarations of policy")).suggested_filename.endswith(".pdf")
    phone.follow("Ask for a certificate")
    phone.fill("Who needs it", "Prairie Holdings LLC")
    phone.fill("Street and number", "1 Market Square")
    phone.fill("City", "Omaha")
    phone.fill("ZIP code", "68102")
    phone.fill("What it is for", "Lease of the shop")
    phone.press("Ask for the certificate")
    phone.reads("Asked for: Prairie Holdings LLC")

    desk.open("/policies/certificates/")
    desk.follow(policy.insurance_certificates.get().number)
    desk.act("Issue")
    desk.press("Issue", within="form.form")
    desk.reads("Done. The certificate is “Issued”.")
    phone.open(f"/portal/policies/{policy.number}/")
    assert phone.download(re.compile("^Certificate of insurance for Prairie")).suggested_filename
