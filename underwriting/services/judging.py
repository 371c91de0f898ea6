"""Judgment rating: an underwriter's credits and debits, priced anew to the cent."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from office import numbering, workflow
from office.exceptions import Refused
from office.models import User
from policies import selectors as cover
from policies.models import ProductVersion
from underwriting import judgment as schedules
from underwriting import selectors
from underwriting.models import Judgment, Quote, Renewal
from underwriting.services.quotes import ask_one_again, send_to_carriers
from underwriting.services.referrals import refer_renewal, void_for, void_for_renewal
from underwriting.services.renewing import locked_last_term


@transaction.atomic
def judge_quote(*, quote: Quote, parts: Mapping[str, int], by: User, note: str) -> Quote:
    """Give a quote schedule credits and debits and have it priced anew.

    parts: per cent by characteristic; none at all takes a judgment back. Within the limits of the
    jurisdiction on the first day, and within the person's authority; the reason is kept.
    """
    workflow.demand_open(quote, "judge", by=by)
    judgment = judgment_of(
        quote.version,
        jurisdiction=quote.submission.jurisdiction,
        on=quote.submission.effective_on,
        parts=parts,
        note=note,
    )
    judgment.quote = quote
    submission, job = ask_one_again(quote, by=by, note=note)
    facts = {"percent": judgment.percent, "parts": judgment.parts}
    quote = workflow.move(quote, "judge", by=by, note=note, facts=facts, judgment=judgment)
    judgment.save(force_insert=True)
    void_for([quote], because=_("The premium is rated by judgment."))
    quote.submission = submission
    send_to_carriers(job, [quote])
    return quote


def judgment_of(
    version: ProductVersion,
    *,
    jurisdiction: str,
    on: date,
    parts: Mapping[str, int],
    note: str,
) -> Judgment:
    """What somebody judged, within the limits, not yet decided under an authority."""
    definition = cover.product_definition(version)
    field = schedules.judged_field(definition)
    if not field:
        raise Refused(_("This product has no schedule rating."))
    if not note.strip():
        raise Refused(_("Write down why."), field="note")
    schedule = schedules.schedule_for(definition.kind, jurisdiction, on)
    given = {code: percent for code, percent in parts.items() if percent}
    return Judgment(
        pk=numbering.next_key(Judgment),
        field=field,
        percent=schedules.percent_of(schedule, given),
        most=schedule.most,
        parts=given,
        source=schedule.source,
        reason=note,
    )


@transaction.atomic
def judge_renewal(*, renewal: Renewal, parts: Mapping[str, int], by: User, note: str) -> Renewal:
    """The same for a renewal in work. What was judged of the term that ends does not carry over."""
    workflow.demand_open(renewal, "judge", by=by)
    policy = renewal.policy
    judgment = judgment_of(
        renewal.version,
        jurisdiction=policy.jurisdiction,
        on=renewal.valid_from,
        parts=parts,
        note=note,
    )
    judgment.renewal = renewal
    proposal = selectors.propose(
        locked_last_term(policy), risk=renewal.risk, coverages=renewal.coverages, judgment=judgment
    )
    renewal = workflow.move(
        renewal,
        "judge",
        by=by,
        note=note,
        facts={"percent": judgment.percent, "parts": judgment.parts},
        judgment=judgment,
        proposal=proposal.as_columns(),
    )
    judgment.save(force_insert=True)
    void_for_renewal(renewal, because=_("The premium is rated by judgment."))
    if renewal.is_held:
        refer_renewal(renewal, by=by)
    return renewal
