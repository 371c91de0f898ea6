"""Up to how much may this person decide? One engine for claims, underwriting and money.

Compared is what anybody has approved or has pending in the same scope, plus this act: so a
decision cannot be split to pass a limit. Administrators are not exempt.
"""

from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from office import money
from office.enums import IN_DAYS, AuthorityKind
from office.exceptions import Refused
from office.models import AuthorityLimit, User

NONE = Decimal(0)


def limits(*, kind, on, line="", product="", jurisdiction=""):
    """The limits in force on that day that speak of such a decision."""
    scope = Q(line__in=["", line], product__in=["", product])
    return AuthorityLimit.objects.filter(
        scope,
        Q(valid_to=None) | Q(valid_to__gt=on),
        kind=kind,
        jurisdiction__in=["", jurisdiction],
        valid_from__lte=on,
    )


def limit_of(user, *, kind, on, line="", product="", jurisdiction=""):
    """The limit that holds for this person, or None.

    A limit of their own replaces their roles' limits, and those replace everybody's; among equals
    the narrowest scope counts, then the highest amount.
    """
    rows = list(
        limits(kind=kind, on=on, line=line, product=product, jurisdiction=jurisdiction).filter(
            Q(user=user) | Q(user=None, role=None) | Q(role__in=user.role_codes)
        )
    )
    return max(rows, key=_weight, default=None)


def require(*, by, kind, amount, on, committed=NONE, line="", product="", jurisdiction=""):
    """The limit that allows `by` this decision, or `Refused` with the sentence that says why.

    `amount` is this act's; `committed` is what is approved or pending in the same scope already.
    """
    scope = {"line": line, "product": product, "jurisdiction": jurisdiction}
    limit = limit_of(by, kind=kind, on=on, **scope) if by.is_active else None
    total = amount + committed
    if limit is None:
        raise Refused(
            _("You hold no authority for “%(kind)s”.") % {"kind": AuthorityKind(kind).label}
        )
    if total > limit.amount:
        raise Refused(
            _(
                "Your authority for “%(kind)s” ends at %(limit)s; this comes to %(total)s. "
                "Ask somebody with more authority to decide."
            )
            % {
                "kind": AuthorityKind(kind).label,
                "limit": _told(limit.amount, kind),
                "total": _told(total, kind),
            }
        )
    return limit


def _told(amount, kind):
    """A limit in its unit: money, or days."""
    if kind in IN_DAYS:
        return ngettext("%(count)d day", "%(count)d days", int(amount)) % {"count": int(amount)}
    return money.format(amount)


def who_could(*, kind, amount, on, line="", product="", jurisdiction="", besides=()):
    """The people whose authority covers such a decision, by the order of their limits."""
    scope = {"line": line, "product": product, "jurisdiction": jurisdiction}
    staff = User.objects.filter(is_active=True, is_staff=True).exclude(pk__in=besides)
    rows = list(limits(kind=kind, on=on, **scope))
    able = []
    for user in staff.prefetch_related("roles"):
        codes = {role.pk for role in user.roles.all()}
        limit = max(
            (row for row in rows if _speaks_of(row, user, codes)), key=_weight, default=None
        )
        if limit and limit.amount >= amount:
            able.append((limit.amount, user.name, user))
    return [user for *_order, user in sorted(able, key=lambda row: row[:2])]


def _speaks_of(limit, user, role_codes):
    """Whether the limit is this person's own, one of their roles', or everybody's."""
    if limit.user_id:
        return limit.user_id == user.pk
    return limit.role_id is None or limit.role_id in role_codes


def _weight(limit):
    grantee = 2 if limit.user_id else 1 if limit.role_id else 0
    narrow = sum(bool(part) for part in (limit.line, limit.product, limit.jurisdiction))
    return grantee, narrow, limit.amount
