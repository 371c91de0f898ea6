"""One application at every carrier: answers, referrals, refusals, failures, edits, expiry."""

import copy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from office import clock, outbox
from office.exceptions import Refused
from office.models import Job, OutboxMessage
from tests import factories
from underwriting import carriers, rules, services, tasks
from underwriting.enums import QuoteState
from underwriting.models import Quote, Submission

pytestmark = pytest.mark.django_db


def states(submission):
    return dict(submission.quotes.values_list("carrier_id", "state"))


def with_driver(**changes):
    risk = factories.risk()
    risk["drivers"][0].update(changes)
    return risk


def with_vehicle(**changes):
    risk = factories.risk()
    risk["vehicles"][0].update(changes)
    return risk


def refused(act, **fields):
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act(**fields)
    return refusal.value


def test_every_carrier_that_sells_the_line_there_is_asked_by_a_task_of_its_own():
    submission = factories.submission()

    waiting = OutboxMessage.objects.filter(task="underwriting.quote_at_carrier", done_at=None)
    assert states(submission) == {"BIND": "pending", "HARBOR": "pending"}
    assert {row.payload["quote_id"] for row in waiting} == set(
        submission.quotes.values_list("pk", flat=True)
    )
    assert (submission.job.state, submission.job.done, submission.job.total) == ("running", 0, 2)


def test_a_clean_risk_is_ready_to_bind_everywhere():
    submission = factories.quoted()

    assert states(submission) == {"BIND": "rated", "HARBOR": "rated"}
    job = Job.objects.get(pk=submission.job_id)
    assert (job.state, job.done) == ("done", 2)


def test_a_quote_keeps_price_worksheet_rules_and_commission():
    """The figures of tests/policies/test_issue.py, where they are worked out by hand."""
    with clock.travel(datetime(2026, 2, 20, 18, tzinfo=UTC)):
        submission = factories.quoted(effective_on=date(2026, 3, 1))

    own = submission.quotes.get(carrier_id="BIND")
    other = submission.quotes.get(carrier_id="HARBOR")
    assert (own.premium, own.fees, own.tax, own.total) == (
        D("1472.38"),
        D("21.76"),
        D("0.00"),
        D("1494.14"),
    )
    assert (own.commission_rate, own.commission) == (D(0), D(0))
    assert (other.premium, other.total) == (D("681.50"), D("682.38"))
    assert (other.commission_rate, other.commission) == (D("0.15"), D("102.22"))
    assert own.expires_on == date(2026, 3, 22)  # 20 February + 30 days
    assert own.rule_version.rule_set_id == "BIND-PA"
    assert [row["fired"] for row in own.trace] == [False] * len(own.rule_version.rules)
    assert D(own.worksheet[-1]["amount"]) == own.total


@pytest.mark.parametrize(
    ("risk", "expected"),
    [
        (with_driver(at_fault_accidents=2), {"BIND": "referred", "HARBOR": "declined"}),
        (with_driver(at_fault_accidents=3), {"BIND": "declined", "HARBOR": "declined"}),
        (with_vehicle(model_year=1998), {"BIND": "referred", "HARBOR": "referred"}),
        ({**factories.AUTO, "years_insured": 0}, {"BIND": "rated", "HARBOR": "referred"}),
    ],
)
def test_rules_refer_and_reject(risk, expected):
    """Two accidents: Bindery refers, Harborline rejects. 1998 is 28 years before 2026."""
    with clock.travel(datetime(2026, 2, 20, 18, tzinfo=UTC)):
        submission = factories.quoted(application=copy.deepcopy(risk))

    assert states(submission) == expected


def test_a_rule_that_holds_back_the_quote_shows_the_price_to_underwriters_only():
    risk = with_vehicle(use="business", annual_miles=40000)
    submission = factories.quoted(application=risk)

    quote = submission.quotes.get(carrier_id="BIND")

    assert (quote.state, quote.blocks) == ("referred", "quote")
    assert not rules.may_see_price(quote, submission.agent.user)
    assert rules.may_see_price(quote, factories.underwriter())


def test_a_failing_carrier_shows_as_such_and_holds_up_nobody(monkeypatch):
    answer = carriers.TableCarrier.answer

    def harbor_is_down(carrier, question):
        if carrier.definition.carrier == "HARBOR":
            raise ConnectionError("no route to host")
        return answer(carrier, question)

    monkeypatch.setattr(carriers.TableCarrier, "answer", harbor_is_down)
    submission = factories.quoted()

    failed = submission.quotes.get(carrier_id="HARBOR")
    assert states(submission) == {"BIND": "rated", "HARBOR": "failed"}
    assert failed.reason == "The carrier's system gave no usable answer."
    assert Job.objects.get(pk=submission.job_id).state == "done"


def test_a_carrier_that_cannot_rate_says_why():
    """No carrier has a territory for a ZIP code of another state."""
    submission = factories.quoted(application=with_vehicle(postal_code="10001"))

    own = submission.quotes.get(carrier_id="BIND")
    assert own.state == "failed"
    assert own.reason
    assert own.total is None


def test_a_carrier_that_failed_can_be_asked_again(monkeypatch):
    monkeypatch.setattr(
        carriers.TableCarrier, "answer", lambda *a: (_ for _ in ()).throw(ConnectionError())
    )
    submission = factories.quoted()
    monkeypatch.undo()

    services.request_quotes(submission=submission, by=submission.agent.user)
    factories.work("underwriting.quote_at_carrier")

    assert states(submission) == {"BIND": "rated", "HARBOR": "rated"}


def test_when_everybody_has_answered_nobody_is_asked_again():
    submission = factories.quoted()

    refusal = refused(services.request_quotes, submission=submission, by=submission.agent.user)

    assert str(refusal) == "Every carrier has been asked already."


def test_the_same_message_twice_changes_nothing():
    submission = factories.quoted()
    quote = submission.quotes.get(carrier_id="BIND")
    events = quote.event_count

    again = outbox.CONSUMERS["underwriting.quote_at_carrier"]
    again(quote_id=quote.pk, revision=quote.revision)

    assert Quote.objects.get(pk=quote.pk).event_count == events
    assert Job.objects.get(pk=submission.job_id).done == 2


def test_an_edit_returns_quotes_to_be_rated_and_voids_approvals():
    submission = factories.quoted(application=with_driver(at_fault_accidents=2))
    approver = factories.underwriter()
    quote = submission.quotes.get(carrier_id="BIND")
    services.approve_quote(quote=quote, by=approver, note="Good record before.")

    services.edit_application(
        submission=submission,
        application=with_driver(at_fault_accidents=1),
        coverages=submission.coverages,
        effective_on=submission.effective_on,
        revision=submission.revision,
        by=submission.agent.user,
    )

    quote = Quote.objects.get(pk=quote.pk)
    assert (quote.state, quote.total, quote.approved_at, quote.approved_by_id) == (
        "pending",
        None,
        None,
        None,
    )
    assert (quote.revision, quote.trace, quote.worksheet) == (2, [], [])
    assert [event.kind for event in quote.events.order_by("seq")] == [
        "request",
        "refer",
        "approve",
        "requote",
    ]


def test_edited_quotes_are_priced_anew():
    """One accident costs 1.32 on BI, PD and COLL; two cost 1.78 and are referred."""
    with clock.travel(datetime(2026, 2, 20, 18, tzinfo=UTC)):
        submission = factories.quoted(effective_on=date(2026, 3, 1))
        services.edit_application(
            submission=submission,
            application=with_driver(at_fault_accidents=1),
            coverages=submission.coverages,
            effective_on=submission.effective_on,
            revision=1,
            by=submission.agent.user,
        )
        factories.work("underwriting.quote_at_carrier")

    # BI 396.80 x 1.32 = 523.78 (523.776) x 1.24 = 649.49; PD 262.40 x 1.32 = 346.37 x 1.06 =
    # 367.15; COLL 432.64 x 1.32 = 571.08; with UM 103.17, MED 43.52 and COMP 122.88: 1857.29
    own = submission.quotes.get(carrier_id="BIND")
    assert own.premium == D("1857.29")


def test_an_answer_to_the_application_before_the_edit_is_dropped(monkeypatch):
    submission = factories.submission()
    quote = submission.quotes.get(carrier_id="BIND")
    ask = carriers.TableCarrier.answer

    def edited_meanwhile(*asked):
        answer = ask(*asked)
        monkeypatch.undo()
        services.edit_application(
            submission=submission,
            application=with_driver(violations=1),
            coverages=submission.coverages,
            effective_on=submission.effective_on,
            revision=1,
            by=submission.agent.user,
        )
        return answer

    monkeypatch.setattr(carriers.TableCarrier, "answer", edited_meanwhile)
    late = services.quote_at_carrier(quote=quote, revision=1, by=factories.office())

    assert (late.state, late.revision, late.total) == ("pending", 2, None)


def test_two_people_who_edit_do_not_overwrite_each_other():
    submission = factories.quoted()
    edit = {
        "submission": submission,
        "coverages": submission.coverages,
        "effective_on": submission.effective_on,
        "revision": 1,
        "by": submission.agent.user,
    }
    services.edit_application(application=with_driver(violations=1), **edit)

    refusal = refused(services.edit_application, application=with_driver(violations=2), **edit)

    stored = Submission.objects.get(pk=submission.pk)
    assert "Somebody else" in str(refusal)
    assert stored.application["drivers"][0]["violations"] == 1


def test_an_application_that_breaks_the_schema_names_its_field():
    risk = with_driver(licensed_on="yesterday")

    with pytest.raises(Refused) as refusal:
        factories.submission(application=risk, coverages=[{}])

    assert refusal.value.field == "drivers.d1.licensed_on"
    assert not Submission.objects.exists()


def test_a_day_before_any_product_was_sold_is_refused():
    with pytest.raises(Refused) as refusal:
        factories.submission(effective_on=date(2024, 12, 31))

    assert refusal.value.field == "effective_on"


def test_nobody_approves_their_own_submission():
    author = factories.underwriter()
    seller = factories.agent()
    submission = factories.quoted(
        by=author, seller=seller, application=with_driver(at_fault_accidents=2)
    )
    quote = submission.quotes.get(carrier_id="BIND")

    with pytest.raises(PermissionDenied), transaction.atomic():
        services.approve_quote(quote=quote, by=author, note="Fine.")
    approved = services.approve_quote(quote=quote, by=factories.underwriter(), note="Fine.")

    assert approved.state == QuoteState.APPROVED
    assert approved.approved_under.kind == "underwriting"
    assert approved.events.latest("seq").note == "Fine."


def test_who_edited_the_application_does_not_approve_it_either():
    submission = factories.quoted(application=with_driver(at_fault_accidents=2))
    editor = factories.underwriter()
    services.edit_application(
        submission=submission,
        application=with_driver(at_fault_accidents=2, violations=1),
        coverages=submission.coverages,
        effective_on=submission.effective_on,
        revision=1,
        by=editor,
    )
    factories.work("underwriting.quote_at_carrier")
    quote = submission.quotes.get(carrier_id="BIND")

    with pytest.raises(PermissionDenied), transaction.atomic():
        services.approve_quote(quote=quote, by=editor, note="Fine.")


def test_approval_stays_within_the_persons_authority():
    submission = factories.quoted(application=with_driver(at_fault_accidents=2))
    quote = submission.quotes.get(carrier_id="BIND")
    cents_short = factories.underwriter(up_to=str(quote.total - D("0.01")))
    exactly = factories.underwriter(up_to=str(quote.total))

    refusal = refused(services.approve_quote, quote=quote, by=cents_short, note="Fine.")
    approved = services.approve_quote(quote=quote, by=exactly, note="Fine.")

    assert "Your authority" in str(refusal)
    assert approved.state == "approved"


def test_quotes_lapse_after_their_last_day():
    bought = datetime(2026, 2, 20, 18, tzinfo=UTC)
    with clock.travel(bought):
        submission = factories.quoted(effective_on=date(2026, 4, 1))
    with clock.travel(bought + timedelta(days=30)):
        assert list(Quote.objects.lapsed(on=clock.today())) == []
    with clock.travel(bought + timedelta(days=31)):
        tasks.expire_quotes()
        tasks.expire_quotes()

    assert states(submission) == {"BIND": "expired", "HARBOR": "expired"}
    assert submission.quotes.get(carrier_id="BIND").event_count == 3


def test_a_quote_can_still_be_bound_on_its_last_day_so_it_does_not_lapse():
    submission = factories.quoted()
    quote = submission.quotes.get(carrier_id="BIND")

    refusal = refused(services.expire_quote, quote=quote, by=factories.office())

    assert str(refusal) == "This quote can still be bound today."


def test_closing_a_submission_withdraws_its_quotes():
    submission = factories.quoted()

    closed = services.close_submission(
        submission=submission, by=submission.agent.user, note="Stays where they are."
    )

    assert closed.state == "closed"
    assert states(submission) == {"BIND": "withdrawn", "HARBOR": "withdrawn"}


def test_what_a_carrier_cannot_offer_it_answers_with_the_next_that_is_not_below():
    """Harborline has no property damage limit of $100,000; its highest is $50,000."""
    risk = factories.risk()
    wanted = [
        {**row, "deductible": "250"} if row["coverage"] == "COLL" else row
        for row in factories.usual_coverages("BIND-PA", risk)
    ]

    submission = factories.quoted(application=risk, coverages=wanted)

    chosen = {
        quote.carrier_id: next(c for c in quote.coverages if c["coverage"] == "COLL")["deductible"]
        for quote in submission.quotes.all()
    }
    assert chosen["BIND"] == "250"
    assert chosen["HARBOR"] in {"500", "1000"}
    assert submission.quotes.get(carrier_id="HARBOR").notes
    assert submission.quotes.get(carrier_id="BIND").notes == []
