"""The register of forms: written, reviewed by the legal department, filed, used by products."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from customers.models import Carrier
from office.exceptions import Refused
from policies import services
from policies.models import Filing, FormEdition, PolicyForm
from tests import factories
from tests.policies.papers import analyst, counsel, opened, refuses
from tests.policies.spoiling import copy_of_one_product, problems, spoil

pytestmark = pytest.mark.django_db

WORDS = {"en": "# Agreement\n\nWe insure you.", "es": "# Acuerdo\n\nLe aseguramos."}


def written(number="BM PA 00 01", edition="06 26", since=date(2026, 1, 1), by=None):
    factories.version()
    return services.draft_edition(
        number=number, edition=edition, texts=WORDS, in_use_from=since, by=by or analyst()
    )


def approved(**fields):
    author = analyst()
    edition = services.submit_edition(edition=written(by=author, **fields), by=author)
    return services.approve_edition(edition=edition, by=counsel())


def filed(edition, place="US-CA", method="prior_approval", **fields):
    return services.file_with_state(
        **{
            "number": f"BIMU-9{place[-2:]}",
            "carrier": Carrier.objects.get(pk="BIND"),
            "kind": "form",
            "jurisdiction": place,
            "method": method,
            "filed_on": date(2025, 11, 3),
            "effective_on": date(2026, 1, 1),
            "editions": [edition],
            "by": counsel(),
            **fields,
        }
    )


def edition_issued(policy):
    rows = opened(policy).forms.filter(form__number="BM PA 00 01")
    return rows.get().edition.edition


def test_the_catalogue_brings_its_forms_in_as_reviewed_and_filed_once():
    factories.version()
    edition = FormEdition.objects.get(form__number="BM PA 03 02")

    assert (edition.state, edition.is_adopted, edition.edition) == ("approved", True, "01 25")
    assert sorted(edition.filings.values_list("jurisdiction", flat=True)) == [
        "US-CA",
        "US-CO",
        "US-FL",
        "US-NE",
    ]
    assert edition.events.get().kind == "adopt"
    assert edition.texts["es"].startswith("# Acuerdo")


def test_a_new_edition_is_issued_once_it_is_reviewed_and_filed_where_the_policy_is():
    edition = approved()
    assert edition_issued(factories.policy_in_force()) == "01 25"

    filing = filed(edition)
    assert edition_issued(factories.policy_in_force()) == "01 25"
    services.decide_filing(
        filing=filing, status="approved", decided_on=date(2025, 12, 15), by=counsel()
    )

    assert edition_issued(factories.policy_in_force()) == "06 26"
    assert edition_issued(factories.policy_in_force(place="US-NE")) == "01 25"


def test_file_and_use_needs_no_decision():
    filed(approved(), "US-NE", "file_and_use")

    assert edition_issued(factories.policy_in_force(place="US-NE")) == "06 26"


def test_the_review_is_of_the_legal_department_and_not_of_the_author():
    author = counsel(name="Both")
    author.roles.add(*analyst().roles.all())
    edition = services.submit_edition(edition=written(by=author), by=author)

    for somebody in (author, analyst(), factories.person("legal", department_id="compliance")):
        with refuses(PermissionDenied):
            services.approve_edition(edition=edition, by=somebody)
    assert services.approve_edition(edition=edition, by=counsel()).state == "approved"


def test_a_refused_text_is_changed_and_looked_at_anew():
    edition, legal = services.submit_edition(edition=written(), by=analyst()), counsel()
    with refuses(Refused, "what has to be changed"):
        services.refuse_edition(edition=edition, note="", by=legal)
    edition = services.refuse_edition(edition=edition, note="Cite the statute.", by=legal)

    edition = services.revise_edition(
        edition=edition, texts=WORDS | {"en": "Ins. Code 381"}, in_use_from=date(2026, 1, 1),
        by=analyst(),
    )  # fmt: skip

    assert (edition.state, edition.reviewed_by, edition.submitted_by) == ("draft", None, None)


def test_a_text_goes_to_review_in_both_languages():
    edition = written()
    edition = services.revise_edition(
        edition=edition, texts={"en": "Only", "es": " "}, in_use_from=date(2026, 1, 1), by=analyst()
    )

    with refuses(Refused, "in English and in Spanish"):
        services.submit_edition(edition=edition, by=analyst())


@pytest.mark.parametrize(
    "changes",
    [
        {"reviewed_by": None},
        {"in_use_to": date(2025, 1, 1)},
    ],
)
def test_the_database_holds_an_edition_to_its_state(changes):
    edition = approved()

    with pytest.raises(IntegrityError), transaction.atomic():
        FormEdition.objects.filter(pk=edition.pk).update(**changes)


def test_the_database_lets_nobody_review_their_own_text():
    edition = approved()

    with (
        pytest.raises(IntegrityError, match="form_edition_is_reviewed_by_another"),
        transaction.atomic(),
    ):
        FormEdition.objects.filter(pk=edition.pk).update(reviewed_by=edition.drafted_by)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"status": "approved"}, "filing_is_decided_with_its_day"),
        (
            {"status": "approved", "decided_on": date(2026, 2, 1)},
            "filing_takes_effect_after_its_approval",
        ),
        ({"kind": "rate"}, "filing_of_rates_names_a_version"),
    ],
)
def test_the_database_holds_a_filing_together(changes, name):
    filing = filed(approved())

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Filing.objects.filter(pk=filing.pk).update(**changes)


def test_a_product_that_names_an_unknown_form_is_refused_with_its_line(tmp_path):
    folder = copy_of_one_product(tmp_path)
    line = spoil(folder, "{number: BM PA 03 02,", "{number: BM PA 99 99,")

    found = problems(folder)

    assert ("BIND-PA.yaml", line, "forms.4") == found[0][:3]
    assert found[0][3] == "the register of forms does not have BM PA 99 99 (01 25)"


def test_a_clause_that_stands_in_no_form_of_the_product_is_refused_with_its_line(tmp_path):
    folder = copy_of_one_product(tmp_path)
    text = (folder / "BIND-PA.yaml").read_text()
    clause = text[text.index('clause: "') :].split('"')[1]
    line = text[: text.index(clause)].count("\n") + 1
    (folder / "BIND-PA.yaml").write_text(text.replace(clause, "BM PA 77 77 (01 25), A", 1))

    found = problems(folder)

    assert found[0][1] == line
    assert "stands in no form of this product" in found[0][3]


def test_the_register_file_is_checked_itself(tmp_path):
    folder = copy_of_one_product(tmp_path)
    (folder / "register.yaml").write_text(
        "BIND-PA:\n  forms: {'01 25': [BM PA DEC]}\n  filings:\n"
        "    - {kind: form, jurisdiction: US-CA, number: X, method: wish, filed_on: '2024-13-01',\n"
        "       effective_on: '2025-01-01'}\n"
    )

    assert [one[2] for one in problems(folder)] == [
        "BIND-PA.filings.0.method",
        "BIND-PA.filings.0.filed_on",
    ]


# Pages


@pytest.mark.parametrize(("page", "count"), [("policies:forms", 4), ("policies:filings", 4)])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_take_the_same_statements_for_one_row_and_for_three(
    page, count, rows, django_assert_num_queries
):
    factories.version()
    numbers = list(PolicyForm.objects.values_list("number", flat=True)[:rows])
    for number in numbers:
        filed(written(number), number=f"ZZ-{number}", method="file_and_use")
    client = factories.signed_in(counsel())
    view = {"policies:forms": "draft", "policies:filings": "pending"}[page]
    query = {"view": view, **({"q": "ZZ-"} if page == "policies:filings" else {})}

    with django_assert_num_queries(count):
        response = client.get(reverse(page), query)

    assert response.content.decode().count('class="id"') == rows


def test_the_pages_of_a_form_its_edition_and_its_filing_say_where_it_may_be_issued():
    edition = approved()
    filing = filed(edition)
    client = factories.signed_in(counsel())

    pages = [
        client.get(record.get_absolute_url()).content.decode()
        for record in (edition.form, edition, filing)
    ]

    for said in pages:
        assert "BIMU-9CA" in said
        assert "06 26" in said
    assert "California" in pages[0]
