"""Who may do what with policies: predicates on the record and the person's own grants."""


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
