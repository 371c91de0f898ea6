"""Who may do what with policies: predicates on the record and the person's own grants."""


def may_issue(policy, user) -> bool:
    return user.may("policies.issue_policy")


def may_expire(policy, user) -> bool:
    return user.may("policies.expire_policy")


def may_view_every_policy(user) -> bool:
    return user.may("policies.view_policy")


def may_load_catalogue(user) -> bool:
    return user.may("policies.publish_productversion")
