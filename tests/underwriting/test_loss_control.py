"""Loss control: surveys, recommendations, certificates, and what they mean for rules."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from customers.models import Message
from office import clock, documents, workflow
from office.exceptions import Refused
from office.models import Role
from tests import factories, papers
from tests.underwriting import surveying
from underwriting import selectors, services, tasks
from underwriting.models import Recommendation, Survey

pytestmark = pytest.mark.django_db

APRIL = datetime(2026, 4, 1, 18, tzinfo=UTC)
LATE = datetime(2026, 4, 25, 18, tzinfo=UTC)

MAKERS = {"loss_control"}
SURVEY_ACTS = {
    "assign": {"underwriter", "loss_control", "office"},
    "schedule": MAKERS,
    "visit": MAKERS,
    "find": MAKERS,
    "recommend": MAKERS,
    "attach": MAKERS,
    "report": MAKERS,
    "cancel": {"underwriter", "loss_control", "office"},
}
SURVEY_STATES = {
    "ordered": {"assign", "schedule", "cancel"},
    "scheduled": {"assign", "schedule", "visit", "cancel"},
    "visited": {"find", "recommend", "attach", "report"},
    "reported": set(),
    "cancelled": set(),
}
ANSWERS = {"underwriter", "loss_control", "customer_service"}
JUDGES = {"underwriter", "loss_control"}
RECOMMENDATION_ACTS = {
    "complete": ANSWERS,
    "plan": ANSWERS,
    "refuse": ANSWERS,
    "verify": JUDGES,
    "send_back": JUDGES,
    "postpone": JUDGES,
    "waive": {"underwriter"},
    "chase": {"office"},
}
WAITING = {"complete", "plan", "postpone", "waive", "chase"}
RECOMMENDATION_STATES = {
    "open": WAITING | {"refuse"},
    "planned": WAITING | {"refuse"},
    "refused": WAITING,
    "done": {"verify", "send_back", "waive"},
    "verified": set(),
    "waived": set(),
}


@pytest.mark.parametrize(
    ("make", "states", "acts"),
    [
        (surveying.ordered, SURVEY_STATES, SURVEY_ACTS),
        (surveying.recommended, RECOMMENDATION_STATES, RECOMMENDATION_ACTS),
    ],
)
def test_every_state_act_and_role(make, states, acts):
    record = make()
    codes = Role.objects.values_list("code", flat=True)
    people = {code: factories.person(code) for code in codes}
    field = type(record)._meta.get_field("state")
    found, wanted = {}, {}
    for state, of_state in states.items():
        record.__dict__["state"] = state
        for role, user in people.items():
            moves = {move.act for move in workflow.moves_open_to(user, record)}
            found[state, role] = moves
            wanted[state, role] = {act for act in of_state if role in acts[act]}

    assert set(states) == {value for value, _name in field.choices}
    assert found == wanted


def test_a_survey_from_its_order_to_its_report():
    holder = factories.customer(login=True, language="es")
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1), insured=holder)
    by = surveying.surveyor()

    row = surveying.recommended(policy, by=by)

    survey = row.survey
    assert (survey.state, survey.assignee, survey.visited_by) == ("reported", by, by)
    assert [event.kind for event in survey.events.order_by("seq")] == [
        "order", "schedule", "visit", "find", "recommend", "report",
    ]  # fmt: skip
    assert workflow.verify_chain(survey) is None
    said = papers.words_of(documents.open(survey.document).read())
    for words in ("Informe de inspección", "Instalación eléctrica", "Replace the wiring"):
        assert words in said
    message = Message.objects.get(template="survey_report")
    assert (message.customer, message.language) == (holder, "es")
    assert "- Replace the wiring" in message.body_text


def test_a_report_wants_a_finding_and_a_visit_that_took_place():
    by = surveying.surveyor()
    survey = surveying.ordered()
    with clock.travel(surveying.VISITED):
        with pytest.raises(Refused, match="past"), transaction.atomic():
            services.schedule_survey(survey=survey, scheduled_on=date(2026, 3, 19), by=by)
        survey = services.schedule_survey(survey=survey, scheduled_on=date(2026, 3, 20), by=by)
        with pytest.raises(Refused, match="not taken place"), transaction.atomic():
            services.visit_survey(
                survey=survey, visited_on=date(2026, 3, 21), summary="Fine.", by=by
            )
        survey = services.visit_survey(
            survey=survey, visited_on=date(2026, 3, 20), summary="Fine.", by=by
        )
        with pytest.raises(Refused, match="at least one finding"), transaction.atomic():
            services.report_survey(survey=survey, by=by)
    with pytest.raises(Refused, match="carries out no surveys"), transaction.atomic():
        services.assign_survey(
            survey=surveying.ordered(), assignee=factories.person("adjuster"), by=by
        )


def test_the_policyholder_answers_and_loss_control_verifies():
    holder = factories.customer(login=True)
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1), insured=holder)
    by = surveying.surveyor()
    row = surveying.recommended(policy, by=by)
    with clock.travel(APRIL):
        row = services.plan_recommendation(
            recommendation=row,
            answer="The electrician comes.",
            planned_on=date(2026, 4, 15),
            by=holder.login,
        )
        assert (row.state, row.planned_on) == ("planned", date(2026, 4, 15))
        row = services.complete_recommendation(
            recommendation=row,
            answer="Replaced.",
            uploads=[surveying.picture(holder.login)],
            by=holder.login,
        )
        row = services.send_back_recommendation(
            recommendation=row, note="The picture shows the old panel.", by=by
        )
        assert row.state == "open"
        row = services.complete_recommendation(
            recommendation=row, answer="Replaced, with the invoice.", by=by
        )
        with pytest.raises(PermissionDenied), transaction.atomic():
            services.verify_recommendation(recommendation=row, by=by)  # what they wrote themselves
        row = services.verify_recommendation(
            recommendation=row, by=surveying.surveyor("Other"), note="Seen."
        )

    assert (row.state, row.evidence.count()) == ("verified", 1)
    told = Message.objects.get(template="recommendation_sent_back")
    assert "The picture shows the old panel." in told.body_text


def test_a_stranger_and_an_unsent_report():
    survey = surveying.visited()
    with clock.travel(surveying.VISITED):
        row = services.recommend_survey(
            survey=survey, grade="advisory", title="Tidy", text="Tidy up.",
            due_on=date(2026, 9, 1), by=survey.visited_by,
        )  # fmt: skip
        with pytest.raises(Refused, match="not been sent"), transaction.atomic():
            services.refuse_recommendation(
                recommendation=row, answer="No.", by=factories.underwriter()
            )
        with pytest.raises(PermissionDenied), transaction.atomic():
            services.refuse_recommendation(
                recommendation=row, answer="No.", by=factories.customer(login=True).login
            )


def test_overdue_ones_are_chased_every_fortnight():
    """Due on 20 April: told on the 21st, and again 14 days later, on 5 May."""
    row = surveying.recommended()
    told = {}
    for day in (20, 21, 22):
        told[day] = _chase(datetime(2026, 4, day, 18, tzinfo=UTC))
    told[35] = _chase(datetime(2026, 5, 5, 18, tzinfo=UTC))

    assert told == {20: 0, 21: 1, 22: 1, 35: 2}
    assert Recommendation.objects.get(pk=row.pk).chased_on == date(2026, 5, 5)


def _chase(at):
    with clock.travel(at):
        tasks.chase_loss_control()
    return Message.objects.filter(template="recommendation_due").count()


def test_certificates_are_asked_for_before_they_end_and_once_a_warning():
    """Ends on 30 June: 60 days before is 1 May, 30 before is 31 May."""
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1))
    with clock.travel(APRIL):
        surveying.certified(policy)
    told = {}
    for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 15)):
        services.ask_for_certificates(on=day, by=factories.office())
        told[day.isoformat()] = Message.objects.filter(template="certificate_ends").count()

    assert list(told.values()) == [0, 1, 2, 2]
    surveying.certified(policy, number="B-2", valid_to=date(2027, 6, 30))
    assert services.ask_for_certificates(on=date(2026, 6, 30), by=factories.office()) == 0


def test_a_certificate_is_recorded_once_and_taken_back_with_a_reason():
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1))
    row = surveying.certified(policy)
    by = factories.underwriter()

    with pytest.raises(Refused, match="recorded already"), transaction.atomic():
        surveying.certified(policy)
    with pytest.raises(Refused, match="after it begins"), transaction.atomic():
        surveying.certified(policy, number="B-9", valid_to=date(2025, 7, 1))
    with pytest.raises(PermissionDenied), transaction.atomic():
        surveying.certified(policy, number="B-9", by=factories.person("adjuster"))
    services.withdraw_certificate(certificate=row, by=by, note="Another boiler's.")
    with pytest.raises(Refused, match="taken back already"), transaction.atomic():
        services.withdraw_certificate(certificate=row, by=by, note="Again.")

    assert surveying.certified(policy).pk != row.pk


def test_what_is_overdue_and_critical_refers_a_quote_and_holds_up_a_renewal():
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1))
    row = surveying.recommended(policy)
    with clock.travel(LATE):
        facts = selectors.standing_of_policy(policy)["loss_control"]
        quote = factories.quote("BIND", "home", insured=policy.customer, seller=policy.agent)
        other_line = factories.quote("BIND", "auto", insured=policy.customer, seller=policy.agent)
        renewal = services.prepare_renewal(policy=policy, by=factories.office())

    assert facts == {
        "open": 1, "overdue": 1, "open_critical": 1, "overdue_critical": 1, "refused": 0,
        "expired_certificates": 0,
    }  # fmt: skip
    assert (quote.state, other_line.state) == ("referred", "rated")
    assert [found["rule"] for found in renewal.trace] == ["critical_recommendations"]
    with clock.travel(LATE):
        services.waive_recommendation(
            recommendation=row, by=factories.underwriter(), note="The house is torn down."
        )
        renewal = services.rework_renewal(renewal=renewal, by=factories.office())
    assert (renewal.is_held, renewal.trace) == (False, [])


def test_rules_order_a_survey_once():
    """A dwelling of 800,000 where the rule asks above 750,000: 60 days from the first day."""
    risk = factories.risk("home")
    risk["dwelling"]["replacement_cost"] = 740000
    plain = factories.policy_in_force("home", from_on=date(2026, 3, 1), application=risk)
    large = factories.policy_in_force("compensation", from_on=date(2026, 3, 1),
                                      application=_large_payroll())  # fmt: skip
    factories.work("underwriting.order_surveys")
    with clock.travel(APRIL):
        services.order_surveys_by_rule(policy=large, by=factories.office())

    survey = Survey.objects.get()
    assert (survey.policy, survey.rule, survey.kind) == (large, "large_payroll", "initial")
    assert not Survey.objects.filter(policy=plain).exists()


def _large_payroll():
    risk = factories.risk("compensation")
    risk["payrolls"][0]["payroll"] = 1200000
    return risk


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("state = 'visited'", "The workflow of"),
        ("policy_id = NULL", "survey_is_of_a_policy"),
        ("visited_at = now()", "survey_visit"),
        ("document_id = NULL, reported_at = now()", "survey_report"),
        ("visited_on = '2026-03-20'", "survey_visit_matches_state"),
    ],
)
def test_the_database_refuses_a_survey_that_contradicts_itself(change, name):
    survey = surveying.ordered()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        _raw(f"UPDATE underwriting_survey SET {change} WHERE id = {survey.pk}")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("state = 'verified'", "The workflow of"),
        ("state = 'planned'", "recommendation_answer_matches_state"),
        ("verified_at = now()", "recommendation_verified"),
        ("waived_at = now()", "recommendation_waived"),
    ],
)
def test_the_database_refuses_a_recommendation_that_contradicts_itself(change, name):
    row = surveying.recommended()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        _raw(f"UPDATE underwriting_recommendation SET {change} WHERE id = {row.pk}")


def test_findings_photos_evidence_and_events_are_written_once():
    row = surveying.recommended()
    for table in ("surveyfinding", "surveyevent", "recommendationevent"):
        with pytest.raises(DatabaseError), transaction.atomic():
            _raw(f"DELETE FROM underwriting_{table}")
    certificate = surveying.certified(row.survey.policy)
    change = "SET valid_to = valid_from"
    with pytest.raises(IntegrityError, match="certificate_ends_after"), transaction.atomic():
        _raw(f"UPDATE underwriting_certificate {change} WHERE id = {certificate.pk}")


def _raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


# Pages

LISTS = {"surveys": 4, "recommendations": 4, "certificates": 4}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_take_the_same_statements_for_one_row_and_for_three(
    rows, django_assert_num_queries
):
    """Session, user, roles, rows."""
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1))
    for number in range(rows):
        surveying.recommended(policy)
        surveying.certified(policy, number=f"B-{number}", subject=f"Boiler {number}")
    client = factories.signed_in(surveying.surveyor())

    for name, count in LISTS.items():
        with django_assert_num_queries(count):
            page = client.get(reverse(f"underwriting:{name}"), {"view": "all"})
        assert page.content.decode().count('class="id"') == rows, name


@pytest.mark.parametrize("rows", [1, 3])
def test_the_panel_of_a_policy_takes_the_same_statements(rows, django_assert_num_queries):
    """Session, user, roles, policy, surveys, recommendations, certificates."""
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1))
    for number in range(rows):
        surveying.recommended(policy)
        surveying.certified(policy, number=f"B-{number}", subject=f"Boiler {number}")
    client = factories.signed_in(surveying.surveyor())

    with django_assert_num_queries(7):
        page = client.get(reverse("underwriting:policy_panel", args=[policy.number]))

    said = page.content.decode()
    assert (said.count("Replace the wiring"), said.count("Boiler in")) == (rows, 0)
    assert said.count("/certificates/") == rows + 1


def test_the_forms_carry_an_order_a_finding_and_a_certificate():
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1))
    client = factories.signed_in(surveying.surveyor())
    order = reverse("underwriting:order_survey", args=[policy.number])
    with clock.travel(surveying.ORDERED):
        page = client.get(order)
        empty = client.post(order, {"kind": "initial"})
        sent = client.post(order, {
            "kind": "initial", "item": "dwelling", "location": "12 Alder Street",
            "reason": "Wiring", "due_on": "2026-03-31",
        })  # fmt: skip
    survey = Survey.objects.get()
    record = reverse("underwriting:record_certificate", args=[policy.number])
    certificate = client.post(record, {
        "kind": "boiler", "subject": "Boiler", "number": "B-1", "issuer": "State",
        "valid_from": "2026-01-01", "valid_to": "2025-01-01", "uploads": surveying.png_file(),
    })  # fmt: skip

    assert "12 Alder Street, Los Angeles" in page.content.decode()
    assert "This field is required" in empty.content.decode()
    assert sent["Location"] == survey.get_absolute_url()
    assert "It has to end after it begins." in certificate.content.decode()
