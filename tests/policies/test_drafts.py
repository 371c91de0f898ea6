"""Drafts of product versions: copied, edited, checked, tried, published by somebody else."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from office.exceptions import Refused
from office.models import OutboxMessage
from office.workflow import verify_chain
from policies import selectors, services
from policies.catalogue import CatalogueError, load_folder, write_text
from policies.catalogue.reading import read_text
from policies.enums import DraftState
from policies.models import ProductDraft, ProductVersion
from policies.selectors import product_definition, rating_plan, version_in_force
from tests.factories import catalogue, holding, signed_in
from tests.policies.risks import auto, select

pytestmark = pytest.mark.django_db

GRANTS = ["policies.draft_productversion", "policies.publish_productversion"]
NEW_YEAR = date(2027, 1, 1)
BASE_BEFORE, BASE_AFTER = "- [US-NE, BI, '196.00']", "- [US-NE, BI, '294.00']"


@pytest.fixture
def version():
    catalogue()
    return ProductVersion.objects.get(product_id="BIND-PA", version=1)


@pytest.fixture
def author():
    return holding(*GRANTS, name="Ana Actuary")


@pytest.fixture
def other():
    return holding(*GRANTS, name="Otto Other")


def dearer(draft: ProductDraft, by) -> ProductDraft:
    """The draft with a higher base rate for liability in Nebraska."""
    assert BASE_BEFORE in draft.text
    text = draft.text.replace(BASE_BEFORE, BASE_AFTER)
    return services.edit_draft(
        draft=draft, text=text, revision=draft.revision, by=by, note="BI +50 %"
    )


def line_of(text: str, draft: ProductDraft) -> int:
    """The number of the line of a draft that holds a text."""
    return next(n for n, line in enumerate(draft.text.splitlines(), 1) if text in line)


def test_every_shipped_product_survives_being_written_and_read():
    for definition in load_folder():
        source = read_text(write_text(definition.to_json()), "draft")

        assert source.problems == []
        assert source.document == definition.document


def test_a_draft_begins_as_its_version_with_the_next_number(version, author):
    draft = services.draft_version(version=version, by=author)

    reading = selectors.read_draft(draft)
    assert draft.state == DraftState.OPEN
    assert reading.problems == []
    assert reading.definition.version == 2
    assert reading.definition.document | {"version": 1} == version.definition


def test_an_edit_keeps_the_text_before_it_and_says_who_changed_which_lines(version, author, other):
    draft = services.draft_version(version=version, by=author)

    draft = dearer(draft, other)

    newest, first = selectors.draft_history(draft)
    assert (draft.revision, draft.edited_by) == (2, other)
    assert (newest["event"].by, newest["event"].note) == (other, "BI +50 %")
    assert [line[0] + line[1:].strip() for line in newest["lines"] if line[0] in "-+"] == [
        f"-{BASE_BEFORE}",
        f"+{BASE_AFTER}",
    ]
    assert newest["event"].facts == {"lines": 2}
    assert first["event"].by == author
    assert verify_chain(draft) is None


def test_a_text_on_a_screen_that_somebody_else_overtook_is_not_saved(version, author, other):
    draft = services.draft_version(version=version, by=author)
    dearer(draft, other)

    with pytest.raises(Refused, match="Somebody else changed this draft"):
        services.edit_draft(draft=draft, text="code: X", revision=1, by=author)


def test_a_mistake_is_told_with_its_line_and_keeps_the_draft_from_being_published(
    version, author, other
):
    draft = services.draft_version(version=version, by=author)
    line = line_of(BASE_BEFORE, draft)
    text = draft.text.replace(BASE_BEFORE, "- [US-NE, BI, 196.5]")
    draft = services.edit_draft(draft=draft, text=text, revision=1, by=author)

    problems = selectors.read_draft(draft).problems

    assert [(one.file, one.line) for one in problems] == [("BIND-PA.yaml", line)]
    assert "196.5 is a float" in problems[0].reason
    with pytest.raises(CatalogueError, match=f"line {line}"):
        services.publish_draft(draft=draft, effective_from=NEW_YEAR, by=other)


def test_a_variable_that_the_law_keeps_out_of_a_price_is_refused_by_its_law(version, author):
    draft = services.draft_version(version=version, by=author)
    text = draft.text.replace(
        "inputs: [driver.at_fault_accidents]", "inputs: [risk.credit_tier]", 1
    )
    draft = services.edit_draft(draft=draft, text=text, revision=1, by=author)

    reasons = [problem.reason for problem in selectors.read_draft(draft).problems]

    assert any("must not decide a price in US-CA" in reason for reason in reasons)


def test_a_draft_stays_a_version_of_its_product(version, author):
    draft = services.draft_version(version=version, by=author)
    text = draft.text.replace("code: BIND-PA", "code: BIND-PB", 1)
    draft = services.edit_draft(draft=draft, text=text, revision=1, by=author)

    (problem,) = selectors.read_draft(draft).problems

    assert problem.path == "code"


def test_who_edited_last_does_not_publish(version, author, other):
    draft = dearer(services.draft_version(version=version, by=author), author)

    with pytest.raises(Refused, match="edited the draft last"):
        services.publish_draft(draft=draft, effective_from=NEW_YEAR, by=author)
    assert ProductVersion.objects.filter(product_id="BIND-PA").count() == 1
    published = services.publish_draft(draft=draft, effective_from=NEW_YEAR, by=other)

    assert published.state == DraftState.PUBLISHED
    assert (published.published_by, published.version.version) == (other, 2)


def test_a_published_draft_is_rated_on_from_its_day_and_not_before(version, author, other):
    draft = dearer(services.draft_version(version=version, by=author), author)
    assert version_in_force(product="BIND-PA", on=NEW_YEAR).pk == version.pk

    services.publish_draft(draft=draft, effective_from=NEW_YEAR, by=other)

    later = version_in_force(product="BIND-PA", on=NEW_YEAR)
    before = version_in_force(product="BIND-PA", on=date(2026, 12, 31))
    assert (before.version, later.version) == (1, 2)
    assert product_definition(later).effective_from == NEW_YEAR
    chosen = [select("BI", "v1", "25/50")]
    dear = rating_plan(later).worksheet(auto(), chosen, "US-NE", NEW_YEAR)
    cheap = rating_plan(before).worksheet(auto(), chosen, "US-NE", NEW_YEAR)
    assert [str(sheet.lines[0].amount) for sheet in (cheap, dear)] == ["196.00", "294.00"]


def test_underwriting_hears_of_a_published_version(version, author, other):
    draft = dearer(services.draft_version(version=version, by=author), author)

    published = services.publish_draft(draft=draft, effective_from=NEW_YEAR, by=other)

    told = OutboxMessage.objects.get(task="underwriting.load_rule_sets")
    assert told.payload == {"version_id": published.version_id}


@pytest.mark.parametrize(
    ("day", "sentence"),
    [(date(2025, 1, 1), "begins today or later"), (NEW_YEAR, "begins on that day already")],
)
def test_a_version_begins_on_a_day_of_its_own_that_is_not_past(
    version, author, other, day, sentence
):
    first = services.draft_version(version=version, by=author)
    services.publish_draft(draft=first, effective_from=NEW_YEAR, by=other)
    second = services.draft_version(version=version, by=author)

    with pytest.raises(Refused, match=sentence):
        services.publish_draft(draft=second, effective_from=day, by=other)


def test_what_is_put_aside_is_neither_edited_nor_published(version, author, other):
    draft = services.draft_version(version=version, by=author)

    draft = services.discard_draft(draft=draft, by=author, note="Not this year")

    assert draft.state == DraftState.DISCARDED
    with pytest.raises(Refused):
        services.publish_draft(draft=draft, effective_from=NEW_YEAR, by=other)
    with pytest.raises(Refused):
        services.edit_draft(draft=draft, text="code: X", revision=1, by=author)


def test_nobody_drafts_or_publishes_without_the_grant(version, author):
    stranger = holding("policies.view_policy")
    draft = services.draft_version(version=version, by=author)

    with pytest.raises(PermissionDenied):
        services.draft_version(version=version, by=stranger)
    with pytest.raises(PermissionDenied):
        services.edit_draft(draft=draft, text="code: X", revision=1, by=stranger)
    with pytest.raises(PermissionDenied):
        services.publish_draft(draft=draft, effective_from=NEW_YEAR, by=stranger)


def test_the_database_refuses_what_the_services_refuse(version, author, other):
    draft = services.draft_version(version=version, by=author)
    table, edits = "policies_productdraft", "policies_productdraftedit"
    forbidden = [
        f"UPDATE {edits} SET text = 'code: X'",
        f"DELETE FROM {edits}",
        f"UPDATE {table} SET state = 'published'",
        f"UPDATE {table} SET published_by_id = edited_by_id, published_at = edited_at,"
        " version_id = based_on_id",
        "UPDATE policies_productversion SET definition = '{}'",
    ]

    for statement in forbidden:
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)
    assert draft.text


# In the admin


def page(client, draft, name="change"):
    return client.get(f"/admin/policies/productdraft/{draft.pk}/{name}/")


def test_a_version_is_drafted_edited_and_published_in_the_admin(version, author, other):
    editor, publisher = signed_in(author), signed_in(other)

    drafted = editor.post(f"/admin/policies/productversion/{version.pk}/draft/", {"note": "2027"})
    draft = ProductDraft.objects.get()
    assert drafted.url == draft.get_absolute_url()
    form = {"seen": "1", "note": "BI up", "text": draft.text.replace(BASE_BEFORE, BASE_AFTER)}
    edited = editor.post(draft.get_absolute_url(), form)
    assert edited.status_code == 302
    own = editor.post(
        f"/admin/policies/productdraft/{draft.pk}/publish/", {"effective_from": NEW_YEAR}
    )
    assert b"edited the draft last" in own.content
    done = publisher.post(
        f"/admin/policies/productdraft/{draft.pk}/publish/", {"effective_from": NEW_YEAR}
    )

    assert done.url == draft.get_absolute_url()
    draft = ProductDraft.objects.get()
    assert (draft.state, draft.revision, draft.version.version) == (DraftState.PUBLISHED, 2, 2)
    assert b"BI up" in page(publisher, draft).content


def test_the_admin_shows_each_problem_with_its_line_and_keeps_what_was_typed(version, author):
    client = signed_in(author)
    draft = services.draft_version(version=version, by=author)
    text = draft.text.replace(BASE_BEFORE, "- [US-NE, BI]")

    client.post(draft.get_absolute_url(), {"seen": "1", "note": "", "text": text})

    shown = client.get(draft.get_absolute_url()).content.decode()
    line = line_of(BASE_BEFORE, draft)
    assert f"BIND-PA.yaml, line {line}: rating.tables.base.rows" in shown
    assert "- [US-NE, BI]" in shown


def test_a_stale_page_of_the_admin_is_told_so_next_to_the_text(version, author, other):
    client = signed_in(author)
    draft = services.draft_version(version=version, by=author)
    dearer(draft, other)

    answer = client.post(draft.get_absolute_url(), {"seen": "1", "note": "", "text": "mine: 1"})

    assert answer.status_code == 200
    assert "Somebody else changed this draft" in answer.content.decode()
    assert "mine: 1" in answer.content.decode()
    assert ProductDraft.objects.get().revision == 2


def test_the_admin_of_drafts_is_closed_to_others(version, author):
    stranger = signed_in(holding("policies.view_policy"))
    draft = services.draft_version(version=version, by=author)

    for name in ("change", "publish", "discard"):
        assert page(stranger, draft, name).status_code in (302, 403)
    drafted = stranger.post(f"/admin/policies/productversion/{version.pk}/draft/", {"note": ""})
    assert drafted.status_code in (302, 403)
    assert ProductDraft.objects.count() == 1
