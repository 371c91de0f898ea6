"""The policy analyst's checklist: what goes out by itself, what waits, what keeps it back."""

import copy
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from customers.models import Licence, Message, MessageDocument
from office import clock, documents
from office.exceptions import Refused
from policies import selectors, services
from policies.models import Filing, FormEdition, IssuedForm, PackageCopy
from tests import factories
from tests.papers import words_of
from tests.policies.papers import acts_open, analyst, bound, confirmed, opened, refuses, released

pytestmark = pytest.mark.django_db

AUGUST = datetime(2026, 8, 15, 18, tzinfo=UTC)


def kinds_of(policy):
    return sorted(policy.documents.values_list("document__kind", flat=True))


def said_by(issuance):
    items = selectors.checklist_of(selectors.file_of(issuance))
    return {item.code: item.holds for item in items}


def test_a_clean_personal_policy_goes_out_by_itself_with_cards_forms_and_copies():
    policy = factories.policy_in_force()

    issuance = opened(policy)

    assert (issuance.state, issuance.lane, issuance.released_by.is_service) == (
        "issued",
        "straight",
        True,
    )
    assert kinds_of(policy) == ["declarations", "id_card"]
    forms = issuance.forms.values_list("form__number", "edition__edition", "filing__jurisdiction")
    assert list(forms) == [
        ("BM PA DEC", "01 25", "US-CA"),
        ("BM PA 00 01", "01 25", "US-CA"),
        ("BM PA 04 01", "01 25", "US-CA"),
    ]
    message = Message.objects.get(template="declarations")
    attached = MessageDocument.objects.filter(message=message)
    assert sorted(attached.values_list("document__kind", flat=True)) == ["declarations", "id_card"]
    copies = issuance.copies.order_by("pk").values_list("to", "name")
    assert list(copies) == [("insured", "María Núñez"), ("agent", "Alex Moreno")]


def test_the_agents_copy_names_the_papers(mailoutbox):
    issuance = opened(factories.policy_in_force())

    factories.work("policies.mail_agent_copy")

    (mail,) = [one for one in mailoutbox if issuance.policy.agent.user.email in one.to]
    assert f"Declarations of policy {issuance.policy.number}" in mail.body
    assert "BM PA 00 01 (01 25)" in mail.body


def test_a_commercial_policy_waits_until_a_person_has_confirmed_what_the_office_cannot_see():
    issuance = bound()

    assert (issuance.state, issuance.lane) == ("awaiting", "analyst")
    assert kinds_of(issuance.policy) == []
    assert [code for code, holds in said_by(issuance).items() if not holds] == [
        "application",
        "insured",
    ]
    with refuses(Refused, "The signed application is on file"):
        services.release_issuance(issuance=issuance, by=analyst())


def test_the_released_package_is_made_by_a_worker_once():
    issuance = released(bound())

    assert kinds_of(issuance.policy) == []
    factories.work("policies.make_package")
    services.make_package(issuance=issuance, by=factories.office())

    assert kinds_of(issuance.policy) == ["declarations"]
    assert PackageCopy.objects.filter(issuance=issuance).count() == 2
    said = words_of(documents.open(issuance.papers.get().document).read())
    assert "BM CG 00 01 (01 25): Commercial general liability" in " ".join(said.split())


def test_who_wrote_the_change_does_not_issue_its_papers():
    issuance = bound()
    seller = issuance.policy.agent.user
    seller.roles.add(*analyst().roles.all())

    with refuses(Refused, "ask somebody else"):
        released(issuance, by=seller)


def test_what_went_back_to_the_agent_is_confirmed_anew():
    issuance, pia = bound(), analyst()
    confirmed(issuance, "application", by=pia)

    services.send_back_issuance(issuance=issuance, reason="The application is unsigned.", by=pia)
    issuance = services.resubmit_issuance(
        issuance=issuance, note="Signed today.", by=issuance.policy.agent.user
    )

    assert (issuance.state, issuance.cycle, issuance.reason) == ("awaiting", 2, "")
    assert said_by(issuance)["application"] is False


def test_a_return_needs_its_reason_and_only_the_own_agent_hands_in_again():
    issuance = bound()
    with refuses(Refused, "what is missing"):
        services.send_back_issuance(issuance=issuance, reason=" ", by=analyst())
    issuance = services.send_back_issuance(issuance=issuance, reason="Unsigned.", by=analyst())

    with refuses(PermissionDenied):
        services.resubmit_issuance(
            issuance=issuance, note="Signed.", by=factories.agent(name="Otto").user
        )


def test_a_form_without_a_filing_in_effect_keeps_the_papers_back_and_is_named():
    policy = factories.policy_in_force()
    Filing.objects.filter(kind="form", jurisdiction="US-CA").update(effective_on=date(2027, 1, 1))

    issuance = opened(policy)

    assert issuance.state == "awaiting"
    lacking = next(i for i in selectors.checklist_of(selectors.file_of(issuance)) if not i.holds)
    assert lacking.code == "forms"
    assert lacking.said[0] == "No filing of BM PA DEC is in effect in California."


def test_a_missing_merge_field_keeps_the_papers_back_and_is_named(monkeypatch):
    issuance = bound()
    told = selectors.issuing.declarations
    monkeypatch.setattr(
        "policies.selectors.issuing.declarations",
        lambda term, language: {**told(term, language=language), "insured": ""},
    )

    with refuses(Refused, "“insured” is missing"):
        released(issuance)


def test_an_agent_whose_licence_has_gone_keeps_the_papers_back():
    policy = factories.policy_in_force()
    Licence.objects.filter(agent=policy.agent).update(valid_to=date(2026, 2, 1))

    assert said_by(opened(policy))["licences"] is False


def test_a_rule_that_blocks_the_issue_waits_for_an_underwriter():
    own = factories.version("BIND-PA")
    owner, risk = factories.customer(), factories.risk()
    rule = {"code": "inspect", "messages": {"en": "Inspect the car.", "es": "Revise el auto."}}
    with clock.travel(datetime(2026, 2, 20, 18, tzinfo=UTC)):
        policy = services.issue_policy(
            version=own, customer=owner, agent=None, risk=risk,
            coverages=factories.usual_coverages("BIND-PA", risk), valid_from=date(2026, 3, 1),
            jurisdiction="US-CA", address=factories.current_address(owner), pay_plan="full",
            by=factories.person("policy_administrator"), held=[rule],
        )  # fmt: skip

    issuance = opened(policy)

    assert (issuance.state, said_by(issuance)["rule:inspect"]) == ("awaiting", False)
    with refuses(Refused, "An underwriter clears"):
        services.confirm_item(issuance=issuance, code="rule:inspect", note="Seen.", by=analyst())
    services.confirm_item(
        issuance=issuance, code="rule:inspect", note="Photos seen.", by=factories.underwriter()
    )
    assert services.release_issuance(issuance=issuance, by=analyst()).state == "issued"


def test_a_change_that_adds_a_coverage_adds_its_form_and_nothing_else():
    policy = factories.policy_in_force()
    opened(policy)
    with clock.travel(AUGUST):
        services.endorse_policy(
            policy=policy,
            effective_on=date(2026, 9, 1),
            patch=[
                {
                    "op": "add",
                    "path": "coverages",
                    "value": {
                        "key": "v1:TOW", "coverage": "TOW", "item": "v1", "limit": "100",
                        "deductible": "",
                    },
                }
            ],
            by=analyst(),
        )  # fmt: skip

    issuance = opened(policy)

    assert issuance.state == "issued"
    assert list(issuance.forms.values_list("form__number", flat=True)) == ["BM PA 03 03"]
    (paper,) = issuance.papers.all()
    assert "BM PA 03 03 (01 25)" in " ".join(
        words_of(documents.open(paper.document).read()).split()
    )


# The database below


def refused_by_the_database(sql, params=()):
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)
    return str(caught.value)


def test_the_database_issues_no_form_that_is_not_reviewed_and_filed_there():
    issuance = opened(factories.policy_in_force())
    row = IssuedForm.objects.filter(issuance=issuance).first()
    elsewhere = Filing.objects.get(jurisdiction="US-NE", kind="form", items__edition=row.edition_id)
    waiting = bound("property")
    insert = (
        "INSERT INTO policies_issuedform (issuance_id, form_id, edition_id, filing_id, day, "
        "document_id, sha256) VALUES (%s, %s, %s, %s, %s, %s, %s)"
    )
    fits = [
        waiting.pk, row.form_id, row.edition_id, row.filing_id, row.day, row.document_id, row.sha256
    ]  # fmt: skip

    for place, value in [(3, elsewhere.pk), (4, date(2024, 12, 31)), (6, "0" * 64)]:
        spoilt = copy.copy(fits)
        spoilt[place] = value
        said = refused_by_the_database(insert, spoilt)
        assert "reviewed, and its filing in effect" in said
    with connection.cursor() as cursor:
        cursor.execute(insert, fits)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE policies_issuedform SET day = day + 1",
        "DELETE FROM policies_issuancecheck",
        "UPDATE policies_packagecopy SET name = 'X'",
        "UPDATE policies_issuance SET day = day + 1",
        "DELETE FROM policies_issuance",
        "UPDATE policies_issuance SET released_by_id = NULL",
        "UPDATE policies_formedition SET texts = '{}'",
    ],
)
def test_the_database_keeps_what_went_out(sql):
    released(bound())

    assert refused_by_the_database(sql)


def test_edition_texts_stay_as_they_were_reviewed():
    opened(factories.policy_in_force())
    said = refused_by_the_database(
        "UPDATE policies_formedition SET in_use_from = '2020-01-01' WHERE id = %s",
        [FormEdition.objects.first().pk],
    )
    assert "stay as they were put to review" in said


# Pages


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_statements_for_one_row_and_for_three(
    rows, django_assert_num_queries
):
    for _number in range(rows):
        factories.policy_in_force()
    factories.work("policies.open_issuance")
    client = factories.signed_in(analyst())

    with django_assert_num_queries(4):
        response = client.get(reverse("policies:issuances"), {"view": "issued"})

    assert response.content.decode().count('class="id"') == rows


def test_the_page_shows_the_checklist_and_the_acts_of_who_looks():
    issuance = bound()
    client = factories.signed_in(analyst())

    said = client.get(issuance.get_absolute_url()).content.decode()
    paper = client.get(reverse("policies:issuance_preview", args=[issuance.number]))

    for words in ("The signed application is on file", "BM CG 00 01 (01 25)", "Awaiting issue"):
        assert words in said
    assert acts_open(analyst(), issuance) >= {"release", "send_back"}
    assert acts_open(issuance.policy.agent.user, issuance) == set()
    assert "PREVIEW" in words_of(paper.getvalue())
    assert kinds_of(issuance.policy) == []
