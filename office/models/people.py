from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from office.enums import AuthorityKind, Density, DepartmentCode, Language, Line, Theme
from office.history import Kept
from office.money import MoneyField


class Department(models.Model):
    code = models.CharField(_("code"), max_length=32, primary_key=True, choices=DepartmentCode)
    name = models.CharField(_("name"), max_length=80)

    row_history = Kept()

    class Meta:
        ordering = ["code"]
        verbose_name, verbose_name_plural = _("department"), _("departments")

    def __str__(self):
        return str(self.get_code_display())


class Role(models.Model):
    """What people of a kind may do: permissions as `app.codename`, edited as data.

    `offered` remembers what the code has granted to it at any time, so that migrate adds a grant
    once and never again after somebody took it away; see `office.setup.grant_what_is_new`.
    """

    code = models.CharField(_("code"), max_length=48, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    permissions = ArrayField(
        models.CharField(max_length=100), verbose_name=_("permissions"), default=list, blank=True
    )
    offered = ArrayField(models.CharField(max_length=100), default=list, editable=False)

    row_history = Kept()

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("role"), _("roles")

    def __str__(self):
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def service(self):
        """The office itself, as the author of what clocks and workers do, with its grants."""
        each = models.Func("permissions", function="unnest")
        held = Role.objects.filter(users=models.OuterRef("pk"))
        user = self.annotate(
            held_codes=ArraySubquery(held.values("code")),
            held_grants=ArraySubquery(held.values(grant=each)),
        ).get(is_service=True)
        user.remember_roles(user.held_codes, user.held_grants)
        return user


class User(AbstractBaseUser):
    """Whoever signs in: staff, agents, policyholders. What they may do comes from their roles."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="staff"
    )
    roles = models.ManyToManyField(Role, blank=True, related_name="users", verbose_name=_("roles"))
    is_staff = models.BooleanField(_("works here"), default=False)
    is_superuser = models.BooleanField(_("administers the system"), default=False)
    is_service = models.BooleanField(_("is the office itself"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    language = models.CharField(_("language"), max_length=8, choices=Language, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/Los_Angeles")
    theme = models.CharField(_("theme"), max_length=12, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(
        _("density"), max_length=12, choices=Density, default=Density.COMFORTABLE
    )
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    row_history = Kept(
        sealed=("email", "name", "password"),
        passing=("last_login", "language", "time_zone", "theme", "density"),
    )
    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("user"), _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_login_per_email"),
            models.UniqueConstraint(
                "is_service", condition=Q(is_service=True), name="one_service_user"
            ),
        ]

    def __str__(self):
        return self.name

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.split()[0] if self.name else ""

    @property
    def initials(self):
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if words[1:] else words)).upper()

    @cached_property
    def role_codes(self):
        return frozenset(self._roles_and_grants[0])

    @cached_property
    def grants(self):
        """Every permission of this person's roles, loaded once for the life of this object."""
        return frozenset(self._roles_and_grants[1])

    def remember_roles(self, codes, grants):
        """Roles and grants that were read together with this row, so that none is read twice."""
        self.__dict__["_roles_and_grants"] = codes, grants

    @cached_property
    def _roles_and_grants(self):
        rows = list(self.roles.values_list("code", "permissions"))
        return [code for code, _ in rows], [grant for _, grants in rows for grant in grants]

    def may(self, permission):
        """May this person do that? Roles decide; administrators get nothing on top."""
        return self.is_active and permission in self.grants

    def has_perm(self, permission, obj=None):
        """What Django admin asks: administrators see everything there, read-mostly."""
        return self.is_active and (self.is_superuser or permission in self.grants)

    def has_perms(self, permissions, obj=None):
        return all(self.has_perm(permission, obj) for permission in permissions)

    def has_module_perms(self, app_label):
        return self.is_active and (
            self.is_superuser or any(g.startswith(f"{app_label}.") for g in self.grants)
        )


class AuthorityLimit(models.Model):
    """Up to how much a person, a role or everybody may decide, for which decisions, when.

    An empty line, product or jurisdiction means any. The most specific grantee and the highest
    amount win; see `office.authority`.
    """

    kind = models.CharField(_("decision"), max_length=20, choices=AuthorityKind)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="authority_limits"
    )
    role = models.ForeignKey(
        Role, models.PROTECT, null=True, blank=True, related_name="authority_limits"
    )
    line = models.CharField(_("line"), max_length=12, choices=Line, blank=True)
    product = models.CharField(_("product"), max_length=32, blank=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8, blank=True)
    amount = MoneyField(_("up to"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    row_history = Kept()

    class Meta:
        ordering = ["kind", "-amount"]
        verbose_name, verbose_name_plural = _("authority limit"), _("authority limits")
        indexes = [models.Index(fields=["kind", "user", "role"], name="authority_by_grantee")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) | Q(role=None), name="authority_has_one_grantee"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="authority_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="authority_amount_is_not_negative"
            ),
        ]

    def __str__(self):
        grantee = self.user or self.role or _("everybody")
        return f"{self.get_kind_display()}: {grantee}, {self.amount}"


class ApiKey(models.Model):
    """A program's key: only its SHA-256 is kept. It acts as its user, within its scopes."""

    user = models.ForeignKey(User, models.PROTECT, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("prefix"), max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"), default=list)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    row_history = Kept(sealed=("digest",), passing=("last_used_at",))

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("API key"), _("API keys")

    def __str__(self):
        return f"{self.prefix}…"
