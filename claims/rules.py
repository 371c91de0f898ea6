"""Who may do what to a claim: predicates on the record and the person's own grants.

Four eyes are part of it: the decider is not the adjuster, the accountant is neither. What an act's
amount allows is asked of `office.authority` inside the transition, under the lock.
"""

from claims.enums import ClaimState


def _granted(*permissions):
    def may(claim, user) -> bool:
        return any(user.may(f"claims.{permission}") for permission in permissions)

    return may


may_triage = _granted("triage_claim")
may_verify = _granted("verify_claim")
may_confirm_coverage = _granted("confirm_coverage")
may_offer = _granted("offer_claim")
may_reopen = _granted("reopen_claim")
may_hand_over = _granted("hand_over_claim")
may_assign = _granted("assign_claim")
may_release_hold = _granted("supervise_claim")
may_set_reserve = _granted("reserve_claim")
may_add_exposure = _granted("reserve_claim", "investigate_claim", "verify_claim")
may_record_finding = _granted("investigate_claim", "verify_claim")
may_attend_documents = _granted("verify_claim", "investigate_claim", "confirm_coverage")
may_resolve_duplicates = _granted("triage_claim", "verify_claim")
may_view_every_claim = _granted("view_every_claim")
may_view_internals = _granted("view_internals")
may_see_holds = _granted("hold_claim", "supervise_claim", "pay_claim")


def is_policyholder(claim, user) -> bool:
    login_id = claim.policy.customer.login_id
    return login_id is not None and login_id == user.pk


def is_agent(claim, user) -> bool:
    agent = claim.policy.agent
    return agent is not None and agent.user_id is not None and agent.user_id == user.pk


def may_notify(claim, user) -> bool:
    """Who sees every claim, for anybody; a policyholder and an agent for what is theirs."""
    if user.may("claims.notify_claim") and may_view_every_claim(claim, user):
        return True
    return user.is_active and (is_policyholder(claim, user) or is_agent(claim, user))


def may_import(claim, user) -> bool:
    return user.is_service


def may_investigate(claim, user) -> bool:
    """The adjuster to whom the claim is assigned, nobody else."""
    return user.may("claims.investigate_claim") and claim.adjuster_id == user.pk


def may_determine(claim, user) -> bool:
    """The decider is not the adjuster, and nobody decides their own claim."""
    return (
        user.may("claims.determine_claim")
        and claim.adjuster_id != user.pk
        and not is_policyholder(claim, user)
    )


def may_deny(claim, user) -> bool:
    return user.may("claims.deny_claim") and not is_policyholder(claim, user)


def may_advance(claim, user) -> bool:
    return user.may("claims.advance_claim") and not is_policyholder(claim, user)


def may_pay(claim, user) -> bool:
    """The accountant is neither who decided nor who adjusted (four eyes)."""
    return (
        user.may("claims.pay_claim")
        and user.pk not in (claim.determined_by_id, claim.adjuster_id)
        and not is_policyholder(claim, user)
    )


def may_pay_advance(claim, user) -> bool:
    """As `may_pay`; that the drafter is somebody else is checked on the payment."""
    return (
        user.may("claims.pay_claim")
        and user.pk != claim.adjuster_id
        and not is_policyholder(claim, user)
    )


def may_answer(claim, user) -> bool:
    """The person the offer is for; or staff who write down the answer with its evidence."""
    return user.may("claims.record_answer") or is_policyholder(claim, user) or is_payee(claim, user)


def is_payee(claim, user) -> bool:
    """Whether the open offer is addressed to this person."""
    offer = claim.open_offer() if user.may("claims.answer_offer") else None
    return offer is not None and offer.claimant.login_id == user.pk


def may_withdraw(claim, user) -> bool:
    return user.may("claims.record_answer") or is_policyholder(claim, user)


def may_send_documents(claim, user) -> bool:
    """Staff who take papers in, and the people whose papers they are."""
    return (
        may_attend_documents(claim, user)
        or user.may("claims.triage_claim")
        or is_policyholder(claim, user)
        or is_agent(claim, user)
    )


def may_set_payee(claim, user) -> bool:
    return (
        user.may("claims.record_answer") or user.may("claims.pay_claim") or may_answer(claim, user)
    )


_TURN_PERMISSION = {
    ClaimState.INVESTIGATING: "claims.investigate_claim",
    ClaimState.COVERAGE_REVIEW: "claims.confirm_coverage",
    ClaimState.EVALUATING: "claims.determine_claim",
}


def may_request_documents(claim, user) -> bool:
    """Whoever's turn it is, and the claims department at any time."""
    return user.may("claims.verify_claim") or user.may(_TURN_PERMISSION.get(claim.state, ""))


def may_place_hold(claim, user) -> bool:
    """Staff with the grant; and the office itself, when a payee's name is on a sanctions list."""
    return user.is_service or user.may("claims.hold_claim") or user.may("claims.supervise_claim")


def is_office(claim, user) -> bool:
    """What clocks and bank answers do is done by the office itself."""
    return user.is_service
