"""Drafts of rules: copied, edited rule by rule, tried, published by somebody else."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from office import clock
from office.exceptions import Refused
from office.workflow import verify_chain
from policies import services as policies
from tests import factories
from underwriting import selectors, services
from underwriting.models import RuleSetDraft, RuleSetVersion, RuleTrial

pytestmark = pytest.mark.django_db

NEW_YEAR = date(2027, 1, 1)
LOW_MILES = {
    "code": "low_miles",
    "blocks": "bind",
    "when": "risk.vehicles.exists(v, v.annual_miles > 11000)",
    "messages": {"en": "It is driven far.", "es": "Se maneja mucho."},
}
STRICTER = {**LOW_MILES, "code": "city", "blocks": "reject", "when": 'jurisdiction == "US-CO"'}


@pytest.fixture
def version():
    factories.catalogue()
    return RuleSetVersion.objects.get(rule_set_id="BIND-PA")


@pytest.fixture
def author():
    return factories.underwriter(name="Ana Author")


@pytest.fixture
def other():
    return factories.underwriter(name="Otto Other")


def edited(draft, by, *rules, quote_days=30, **fields):
    return services.edit_rule_draft(
        draft=draft,
        rules_=[*draft.content.rules, *rules],
        quote_days=quote_days,
        revision=draft.revision,
        by=by,
        **fields,
    )


def test_a_draft_begins_as_its_edition_and_tells_what_each_edit_changed(version, author, other):
    draft = services.draft_rule_set(version=version, by=author, note="2027")
    assert (draft.state, draft.content.rules) == ("open", version.rules)

    draft = edited(draft, other, LOW_MILES, note="Miles matter")

    newest, first = selectors.rule_draft_history(draft)
    assert newest["lines"] == [f"low_miles is new: {LOW_MILES['when']}"]
    assert (newest["event"].by, newest["event"].note) == (other, "Miles matter")
    assert (first["event"].by, first["event"].note) == (author, "2027")
    assert verify_chain(RuleSetDraft.objects.get()) is None


def test_a_page_that_somebody_else_overtook_is_not_saved(version, author, other):
    draft = services.draft_rule_set(version=version, by=author)
    edited(draft, other, LOW_MILES)

    with pytest.raises(Refused, match="Somebody else changed this draft"):
        edited(draft, author, STRICTER)


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("risk.vehicles.exists(v, v.annual_mile > 1)", "Did you mean “v.annual_miles”"),
        ("risk.years_insured > 'two'", "different kinds"),
        ("risk.credit_tier == 'poor'", "must not decide who is insured in US-CA"),
    ],
)
def test_a_fault_is_told_at_its_field_and_keeps_the_draft_from_being_published(
    version, author, other, when, says
):
    draft = services.draft_rule_set(version=version, by=author)
    draft = edited(draft, author, {**LOW_MILES, "when": when})

    fault = selectors.rules_faults("BIND-PA", draft.content.rules)[0]

    assert (fault.place, fault.field) == (len(version.rules), "when")
    assert says in fault.reason
    with pytest.raises(Refused, match="low_miles"):
        services.publish_rule_draft(draft=draft, effective_from=NEW_YEAR, by=other)


def test_who_edited_last_does_not_publish_and_the_edition_is_met_from_its_day(
    version, author, other
):
    draft = edited(services.draft_rule_set(version=version, by=author), author, LOW_MILES)
    with pytest.raises(Refused, match="edited the draft last"), transaction.atomic():
        services.publish_rule_draft(draft=draft, effective_from=NEW_YEAR, by=author)

    draft = services.publish_rule_draft(draft=draft, effective_from=NEW_YEAR, by=other)

    editions = RuleSetVersion.objects
    assert (draft.state, draft.version.version, draft.published_by) == ("published", 2, other)
    assert editions.in_force(code="BIND-PA", on=date(2026, 12, 31)) == version
    assert editions.in_force(code="BIND-PA", on=NEW_YEAR) == draft.version
    assert draft.version.rules[-1] == LOW_MILES
    assert services.load_rule_sets(by=factories.office()) == []


@pytest.mark.parametrize(
    ("day", "says"),
    [(date(2026, 1, 1), "begins today or later"), (NEW_YEAR, "begins on that day already")],
)
def test_an_edition_begins_on_a_day_of_its_own_that_is_not_past(version, author, other, day, says):
    first = edited(services.draft_rule_set(version=version, by=author), author, LOW_MILES)
    services.publish_rule_draft(draft=first, effective_from=NEW_YEAR, by=other)
    second = edited(services.draft_rule_set(version=version, by=author), author, STRICTER)

    with pytest.raises(Refused, match=says):
        services.publish_rule_draft(draft=second, effective_from=day, by=other)


def test_a_draft_that_was_put_aside_is_neither_edited_nor_published(version, author, other):
    draft = services.draft_rule_set(version=version, by=author)

    draft = services.discard_rule_draft(draft=draft, by=author, note="Not this year")

    with pytest.raises(Refused):
        services.publish_rule_draft(draft=draft, effective_from=NEW_YEAR, by=other)
    with pytest.raises(Refused):
        edited(draft, author, LOW_MILES)


def test_only_who_may_drafts_and_publishes(version, author):
    agent = factories.person("agent")
    with pytest.raises(PermissionDenied), transaction.atomic():
        services.draft_rule_set(version=version, by=agent)
    draft = edited(services.draft_rule_set(version=version, by=author), author, LOW_MILES)

    with pytest.raises(PermissionDenied):
        services.publish_rule_draft(draft=draft, effective_from=NEW_YEAR, by=agent)
    assert not RuleTrial.objects.for_user(agent).exists()


def test_the_database_keeps_editions_edits_and_the_four_eyes(version, author, other, as_owner):
    draft = edited(services.draft_rule_set(version=version, by=author), author, LOW_MILES)
    day = clock.today()
    forbidden = [
        "UPDATE underwriting_rulesetversion SET rules = '[]'",
        "DELETE FROM underwriting_rulesetversion",
        "UPDATE underwriting_rulesetdraftedit SET rules = '[]'",
        "UPDATE underwriting_rulesetdraft SET state = 'published'",
        f"UPDATE underwriting_rulesetdraft SET state = 'published', version_id = {version.pk}, "
        f"published_by_id = edited_by_id, published_at = '{day}'",
    ]

    for statement in forbidden:
        for role in (transaction.atomic, as_owner):
            with pytest.raises(DatabaseError), transaction.atomic(), role():
                connection.cursor().execute(statement)
    assert RuleSetDraft.objects.get(pk=draft.pk).state == "open"


def test_rules_are_tried_on_a_stored_risk_and_say_what_they_read(version, author):
    quote = factories.quote("BIND")
    rules = [LOW_MILES, STRICTER]

    for number in (quote.number, quote.submission.number):
        known = selectors.facts_of_number(number, author)
        tried = selectors.try_rules(rules, known)

        assert [row["fired"] for row in tried.rows] == [True, False]
        assert tried.rows[0]["read"] == [("risk.vehicles[].annual_miles", "12000")]
        assert tried.rows[1]["read"] == [("jurisdiction", "US-CA")]
        assert tried.blocks == "bind"
    with pytest.raises(Refused, match="no submission, quote or policy"):
        selectors.facts_of_number("Q-0", author)


def test_the_whole_book_is_asked_and_nothing_of_it_changes(version, author):
    """Four policies: two in California by day, one in Colorado, one ended before the day.

    Before: no rule of the shipped set fires. After: LOW_MILES fires for all three, the rule of
    Colorado rejects one of them.
    """
    kept = [factories.policy_in_force(place=place) for place in ("US-CA", "US-CA", "US-CO")]
    factories.policy_in_force(from_on=date(2025, 10, 1))
    draft = edited(services.draft_rule_set(version=version, by=author), author, LOW_MILES, STRICTER)
    events = [policy.event_count for policy in kept]

    trial = services.try_rules_on_book(draft=draft, day=date(2026, 11, 1), by=author)
    while factories.work():
        pass

    trial = RuleTrial.objects.select_related("job").get(pk=trial.pk)
    assert (trial.job.state, trial.job.done, trial.job.total) == ("done", 3, 3)
    assert trial.result == {
        "policies": 3,
        "before:info": 3,
        "after:bind": 2,
        "after:reject": 1,
        "is:low_miles": 3,
        "is:city": 1,
    }
    page = selectors.rule_trial_page(trial)
    assert [figure["value"] for figure in page["figures"]] == ["3", "0", "3", "+3"]
    assert [(line.policy_id, line.weight) for line in page["worst"]] == [
        (kept[2].pk, 4),
        (kept[1].pk, 2),
        (kept[0].pk, 2),
    ]
    for policy in kept:
        policy.refresh_from_db(fields=["event_count"])
    assert [policy.event_count for policy in kept] == events


def test_the_book_is_not_asked_by_rules_with_faults(version, author):
    draft = services.draft_rule_set(version=version, by=author)
    draft = edited(draft, author, {**LOW_MILES, "when": "risk.nothing"})

    with pytest.raises(Refused, match="There is no fact"):
        services.try_rules_on_book(draft=draft, day=clock.today(), by=author)


# In the admin


def posted(draft, **changes):
    """The editor as it stands, as a browser sends it."""
    rules = draft.content.rules
    form = {"rule-TOTAL_FORMS": len(rules) + 1, "rule-INITIAL_FORMS": len(rules), "note": ""}
    form |= {"quote_days": 30, "seen": draft.revision}
    for place, rule in enumerate([*rules, {"blocks": "bind"}]):
        messages = rule.get("messages", {})
        for name in ("code", "blocks", "when"):
            form[f"rule-{place}-{name}"] = rule.get(name, "")
        for language in ("en", "es"):
            form[f"rule-{place}-{language}"] = messages.get(language, "")
    return form | changes


def test_rules_are_drafted_edited_tried_and_published_in_the_admin(version, author, other):
    editor, publisher = factories.signed_in(author), factories.signed_in(other)
    place = len(version.rules)
    drafted = editor.post(f"/admin/underwriting/rulesetversion/{version.pk}/draft/", {"note": ""})
    draft = RuleSetDraft.objects.get()
    base = f"/admin/underwriting/rulesetdraft/{draft.pk}"
    assert drafted.url == draft.get_absolute_url() == f"{base}/change/"
    new = {f"rule-{place}-code": "far", f"rule-{place}-when": "risk.vehicle.exists(v, true)"}

    edited_ = editor.post(f"{base}/change/", posted(draft, **new))
    page = editor.get(f"{base}/change/").content.decode()
    typed = editor.post(f"{base}/check/", {"rule-0-when": "risk.years_insured == 0"})

    assert edited_.status_code == 302
    assert "There is no fact “risk.vehicle”. Did you mean “risk.vehicles”?" in page
    assert page.count("Write the message in this language.") == 4  # above, and at each field
    assert "risk.drivers[].born_on" in page
    assert "The condition can be used." in typed.content.decode()
    draft = RuleSetDraft.objects.get()
    good = {
        f"rule-{place}-when": LOW_MILES["when"],
        f"rule-{place}-en": "Far",
        f"rule-{place}-es": "Lejos",
    }
    editor.post(f"{base}/change/", posted(draft, **good))
    number = factories.quote("BIND").number
    tried = editor.post(f"{base}/try/", {"number": number}).content.decode()
    assert "What is blocked: Binding" in tried
    own = editor.post(f"{base}/publish/", {"effective_from": NEW_YEAR})
    assert "edited the draft last" in own.content.decode()
    done = publisher.post(f"{base}/publish/", {"effective_from": NEW_YEAR})
    assert done.url == f"{base}/change/"
    latest = RuleSetVersion.objects.latest("pk")
    assert (latest.rules[-1]["code"], latest.rules[-1]["messages"]["es"]) == ("far", "Lejos")
    shown = publisher.get(f"/admin/underwriting/rulesetversion/{latest.pk}/change/")
    assert "BIND-PA · 1" in shown.content.decode()


def test_a_rule_is_taken_out_and_a_stale_page_keeps_what_was_typed(version, author, other):
    editor = factories.signed_in(author)
    draft = services.draft_rule_set(version=version, by=author)
    stale = posted(draft, **{"rule-0-en": "Typed by me"})

    editor.post(draft.get_absolute_url(), posted(draft, **{"rule-0-DELETE": "on"}))
    answer = editor.post(draft.get_absolute_url(), stale).content.decode()

    draft = RuleSetDraft.objects.get()
    assert [rule["code"] for rule in draft.content.rules] == [
        rule["code"] for rule in version.rules[1:]
    ]
    assert "Somebody else changed this draft" in answer
    assert "Typed by me" in answer


def test_facts_are_written_down_where_there_is_no_stored_risk(version, author):
    editor = factories.signed_in(author)
    draft = edited(services.draft_rule_set(version=version, by=author), author, STRICTER)
    address = draft.get_absolute_url().replace("change", "try")

    tried = editor.post(address, {"facts": '{"jurisdiction": "US-CO", "risk": {}}'})
    wrong = editor.post(address, {"facts": "{risk"})

    assert "What is blocked: Rejected" in tried.content.decode()
    assert "US-CO" in tried.content.decode()
    assert "This is no JSON" in wrong.content.decode()
    assert "{risk" in wrong.content.decode()


def test_the_admin_of_rules_is_closed_to_others(version, author):
    stranger = factories.signed_in(factories.holding("policies.view_policy"))
    draft = services.draft_rule_set(version=version, by=author)

    for name in ("change", "try", "check", "dry_run", "publish", "discard"):
        address = draft.get_absolute_url().replace("change", name)
        assert stranger.post(address).status_code in (302, 403), name
    assert RuleSetDraft.objects.get().state == "open"


# On the workbench


@pytest.mark.parametrize("count", [1, 3])
def test_every_policy_of_a_trial_is_listed_in_one_read(
    version, author, count, django_assert_num_queries
):
    for _number in range(count):
        factories.policy_in_force()
    draft = edited(services.draft_rule_set(version=version, by=author), author, LOW_MILES)
    trial = services.try_rules_on_book(draft=draft, day=clock.today(), by=author)
    while factories.work():
        pass
    client = factories.signed_in(author)
    client.get("/")

    with django_assert_num_queries(5):
        page = client.get(f"{trial.get_absolute_url()}policies/")

    assert page.content.decode().count("low_miles") == count
    assert client.get(trial.get_absolute_url()).status_code == 200


def test_a_product_that_accepts_the_same_leaves_the_rules_as_they_were_edited(
    version, author, other
):
    """A later version of the product brings no edition of its own, so the edited one holds on."""

    draft = edited(services.draft_rule_set(version=version, by=author), author, LOW_MILES)
    services.publish_rule_draft(draft=draft, effective_from=NEW_YEAR, by=other)
    product = policies.draft_version(version=factories.version("BIND-PA"), by=author)
    policies.publish_draft(draft=product, effective_from=NEW_YEAR + timedelta(days=30), by=other)

    assert services.load_rule_sets(by=factories.office()) == []
    held = RuleSetVersion.objects.in_force(code="BIND-PA", on=date(2027, 6, 1))
    assert held.rules[-1]["code"] == "low_miles"
