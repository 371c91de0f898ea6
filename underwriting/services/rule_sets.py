"""Publishing rule sets, edition by edition."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from office import clock
from office.exceptions import Refused
from office.models import User
from policies import selectors as cover
from policies.catalogue import ProductDefinition
from policies.models import ProductVersion
from underwriting import appetite, rules
from underwriting.models import RuleSet, RuleSetVersion
from underwriting.practice import practice

SHIPPED_QUOTE_DAYS = 30  # how long a quote stands under the rule sets that come with the products


@transaction.atomic
def publish_rule_set(
    *,
    code: str,
    name: str,
    effective_from: date,
    quote_days: int,
    rules_: Sequence[dict[str, Any]],
    by: User,
) -> RuleSetVersion | None:
    """Publish the next edition of a rule set; None when it says what the last one says."""
    if not rules.may_publish_rules(by):
        raise PermissionDenied(_("You may not publish underwriting rules."))
    if found := appetite.faults(rules_):
        raise Refused(" ".join(map(str, found)), field="rules")
    content = {"from": effective_from.isoformat(), "days": quote_days, "rules": list(rules_)}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    rule_set, _created = RuleSet.objects.get_or_create(code=code, defaults={"name": name})
    RuleSet.objects.select_for_update(no_key=True).get(pk=code)
    last = rule_set.versions.order_by("-version").first()
    if last and last.sha256 == sha256:
        return None
    return RuleSetVersion.objects.create(
        rule_set=rule_set,
        version=last.version + 1 if last else 1,
        effective_from=effective_from,
        quote_days=quote_days,
        rules=list(rules_),
        sha256=sha256,
        published_at=clock.now(),
        published_by=by,
    )


@transaction.atomic
def load_rule_sets(*, by: User) -> list[RuleSetVersion]:
    """Publish the appetite that each product version came with, where it is not yet published.

    A version that accepts what the one before it accepts brings no edition: what was edited in
    the admin since holds on.
    """
    loaded = []
    before: dict[str, Any] = {}
    for version in ProductVersion.objects.order_by("effective_from", "product_id"):
        definition = cover.product_definition(version)
        code = definition.underwriting_rule_set
        is_same = before.get(version.product_id) == definition.appetite
        before[version.product_id] = definition.appetite
        if is_same:
            continue
        known = RuleSetVersion.objects.filter(
            rule_set_id=code, effective_from=version.effective_from
        )
        if not known.exists():
            loaded.append(_publish_appetite(definition, by=by))
    return [published for published in loaded if published]


def _publish_appetite(definition: ProductDefinition, *, by: User) -> RuleSetVersion | None:
    return publish_rule_set(
        code=definition.underwriting_rule_set,
        name=definition.names["en"],
        effective_from=definition.effective_from,
        quote_days=SHIPPED_QUOTE_DAYS,
        rules_=[
            *(
                {"code": rule.code, "blocks": rule.blocks, "when": rule.when}
                | {"messages": dict(rule.messages)}
                for rule in definition.appetite
            ),
            *practice().rules_of(definition.line),
        ],
        by=by,
    )
