"""Who may do what with submissions and quotes: the record and the person's own grants."""


def may_view_every_submission(user) -> bool:
    return user.may("underwriting.view_submission")


def is_theirs(submission, user) -> bool:
    """An agent works on their own submissions, the office's staff on all of them."""
    if may_view_every_submission(user):
        return True
    return submission.agent.user_id is not None and submission.agent.user_id == user.pk


def is_author(submission, user) -> bool:
    return user.pk in {submission.created_by_id, submission.edited_by_id, submission.agent.user_id}


def may_open(submission, user) -> bool:
    return user.may("underwriting.open_submission") and is_theirs(submission, user)


def may_edit(submission, user) -> bool:
    return user.may("underwriting.edit_submission") and is_theirs(submission, user)


def may_acknowledge(submission, user) -> bool:
    """The customer's own signature, or whoever works on it writes it down for them."""
    return submission.customer.login_id == user.pk or may_edit(submission, user)


def may_request_quotes(submission, user) -> bool:
    return user.may("underwriting.quote_submission") and is_theirs(submission, user)


def may_close(submission, user) -> bool:
    return user.may("underwriting.close_submission") and is_theirs(submission, user)


def may_bind_submission(submission, user) -> bool:
    return user.may("underwriting.bind_quote") and is_theirs(submission, user)


def may_request(quote, user) -> bool:
    return may_request_quotes(quote.submission, user) or may_edit(quote.submission, user)


def may_rate(quote, user) -> bool:
    return user.may("underwriting.rate_quote")


def may_approve(quote, user) -> bool:
    """Nobody approves their own submission. The amount is asked of the authority, in the act."""
    return user.may("underwriting.approve_quote") and not is_author(quote.submission, user)


def may_judge(quote, user) -> bool:
    """Nobody judges what they wrote or sell. How much it moves is asked of the authority."""
    return user.may("underwriting.judge_quote") and not is_author(quote.submission, user)


def may_judge_renewal(renewal, user) -> bool:
    sells = renewal.policy.agent is not None and renewal.policy.agent.user_id == user.pk
    return user.may("underwriting.judge_quote") and not sells


def may_approve_change(policy, user) -> bool:
    """What the rules refer is for underwriters; nobody approves what they sell themselves."""
    sells = policy.agent is not None and policy.agent.user_id == user.pk
    return user.may("underwriting.approve_quote") and not sells


def may_decline(quote, user) -> bool:
    return user.may("underwriting.decline_quote")


def may_withdraw(quote, user) -> bool:
    """Whoever binds one quote withdraws the others with it."""
    may = user.may("underwriting.withdraw_quote") or user.may("underwriting.bind_quote")
    return may and is_theirs(quote.submission, user)


def may_expire(quote, user) -> bool:
    return user.may("underwriting.expire_quote")


def may_bind(quote, user) -> bool:
    return may_bind_submission(quote.submission, user)


def may_see_price(quote, user) -> bool:
    """A rule that holds back the price holds it back from everybody but underwriters."""
    return quote.is_price_released or user.may("underwriting.approve_quote")


def may_view_every_renewal(user) -> bool:
    """The accountants too: a check that comes in can be the first of a new term."""
    return may_view_every_submission(user) or user.may("accounting.record_receipt")


def is_theirs_to_renew(renewal, user) -> bool:
    """An agent works on the policies that they sold, the office's staff on all of them."""
    if user.is_service or may_view_every_renewal(user):
        return True
    agent = renewal.policy.agent
    return agent is not None and agent.user_id == user.pk


def may_prepare_renewal(renewal, user) -> bool:
    return user.may("underwriting.prepare_renewal") and is_theirs_to_renew(renewal, user)


def may_approve_renewal(renewal, user) -> bool:
    return may_approve_change(renewal.policy, user)


def may_offer_renewal(renewal, user) -> bool:
    return user.may("underwriting.offer_renewal") and is_theirs_to_renew(renewal, user)


def may_answer_renewal(renewal, user) -> bool:
    """The holder's own answer, or that of whoever writes it down for them."""
    if renewal.policy.customer.login_id == user.pk:
        return True
    return user.may("underwriting.answer_renewal") and is_theirs_to_renew(renewal, user)


def may_pay_renewal(renewal, user) -> bool:
    """The holder, and whoever takes payments."""
    if renewal.policy.customer.login_id == user.pk:
        return True
    return user.may("accounting.take_payment") and is_theirs_to_renew(renewal, user)


def may_move_renewal(renewal, user) -> bool:
    """Whoever binds the quote of the other carrier."""
    return user.may("underwriting.bind_quote") and is_theirs_to_renew(renewal, user)


def is_office(renewal, user) -> bool:
    return user.is_service


def may_refer(referral, user) -> bool:
    """What the rules hold up is referred by itself; a change by whoever may ask for it."""
    if user.is_service or referral.change is None:
        return True
    return user.may("policies.endorse_policy") and is_of_theirs(referral, user)


def is_of_theirs(referral, user) -> bool:
    if may_view_every_submission(user):
        return True
    return referral.agent is not None and referral.agent.user_id == user.pk


def may_assign_referral(referral, user) -> bool:
    return user.may("underwriting.approve_quote")


def may_decide_referral(referral, user) -> bool:
    """Nobody decides on what they wrote or sell. The authority is asked in the act."""
    return user.may("underwriting.approve_quote") and user.pk not in referral.authors


def may_decline_referral(referral, user) -> bool:
    return user.may("underwriting.decline_quote")


def may_reply_to_referral(referral, user) -> bool:
    """Whoever wrote or sells it, and those who work on submissions."""
    works = user.may("underwriting.edit_submission") or user.may("policies.endorse_policy")
    return user.pk in referral.authors or (works and is_of_theirs(referral, user))


def may_void_referral(referral, user) -> bool:
    """An edit voids it, which the office writes down; a change is withdrawn by who asked."""
    return user.is_service or may_reply_to_referral(referral, user)


def may_publish_rules(user) -> bool:
    return user.may("underwriting.publish_rulesetversion")


def may_draft_rules(draft, user) -> bool:
    return user.may("underwriting.draft_rulesetversion")


def may_publish_draft(draft, user) -> bool:
    return may_publish_rules(user)


def may_connect_carriers(user) -> bool:
    return user.may("underwriting.connect_carrier")


def may_view_every_survey(user) -> bool:
    return user.may("underwriting.view_survey")


def may_order_survey(survey, user) -> bool:
    return user.may("underwriting.order_survey")


def may_visit_survey(survey, user) -> bool:
    return user.may("underwriting.visit_survey")


def may_assign_survey(survey, user) -> bool:
    return may_order_survey(survey, user) or may_visit_survey(survey, user)


def may_recommend(recommendation, user) -> bool:
    return user.may("underwriting.visit_survey")


def may_answer_recommendation(recommendation, user) -> bool:
    """The policyholder's own answer, or that of whoever writes it down for them."""
    if recommendation.survey.customer.login_id == user.pk:
        return True
    return user.may("underwriting.answer_recommendation")


def may_verify_recommendation(recommendation, user) -> bool:
    """Nobody verifies what they themselves said was done."""
    return user.may("underwriting.verify_recommendation") and (
        recommendation.answered_by_id != user.pk
    )


def may_waive_recommendation(recommendation, user) -> bool:
    return user.may("underwriting.waive_recommendation")


def may_chase_recommendation(recommendation, user) -> bool:
    return user.may("underwriting.chase_recommendation")


def may_record_certificate(user) -> bool:
    return user.may("underwriting.record_certificate")
