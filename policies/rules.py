"""Who may do what with policies: predicates on the record and the person's own grants."""

from policies.enums import CancelledBy


def may_issue(policy, user) -> bool:
    return user.may("policies.issue_policy")


def may_expire(policy, user) -> bool:
    return user.may("policies.expire_policy")


def is_theirs(policy, user) -> bool:
    """An agent works on the policies that they sold, the office's staff on all of them."""
    if may_view_every_policy(user):
        return True
    return policy.agent is not None and policy.agent.user_id == user.pk


def may_endorse(policy, user) -> bool:
    return user.may("policies.endorse_policy") and is_theirs(policy, user)


def may_reverse(policy, user) -> bool:
    return user.may("policies.reverse_policy") and is_theirs(policy, user)


def may_cancel(policy, user) -> bool:
    """At the policyholder's wish or for the carrier; the act asks which (`may_cancel_as`)."""
    if is_holder(policy, user):
        return True
    if not (user.is_service or is_theirs(policy, user)):
        return False
    return user.may("policies.cancel_policy") or user.may("policies.cancel_policy_for_carrier")


def may_cancel_as(policy, side, user) -> bool:
    if side == CancelledBy.CARRIER:
        return user.may("policies.cancel_policy_for_carrier")
    return is_holder(policy, user) or user.may("policies.cancel_policy")


def is_holder(policy, user) -> bool:
    return policy.customer.login_id is not None and policy.customer.login_id == user.pk


def may_reinstate(policy, user) -> bool:
    return user.may("policies.reinstate_policy") and is_theirs(policy, user)


def may_rescind(policy, user) -> bool:
    """Staff; a policyholder who thinks better of it asks them."""
    return may_cancel(policy, user) and not is_holder(policy, user)


def may_nonrenew(policy, user) -> bool:
    return user.may("policies.nonrenew_policy")


def may_renew(policy, user) -> bool:
    """The holder takes up the offer, or somebody writes it down who may."""
    if is_holder(policy, user):
        return True
    return user.may("policies.renew_policy") and (user.is_service or is_theirs(policy, user))


def is_office(policy, user) -> bool:
    return user.is_service


def may_view_every_policy(user) -> bool:
    return user.may("policies.view_policy")


def may_load_catalogue(user) -> bool:
    return user.may("policies.publish_productversion")


def may_draft(draft, user) -> bool:
    return user.may("policies.draft_productversion")


def may_publish(draft, user) -> bool:
    return user.may("policies.publish_productversion")


def may_measure_rates(user) -> bool:
    return user.may("policies.measure_ratechange")
