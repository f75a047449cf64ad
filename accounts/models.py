from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone


class UserManager(BaseUserManager):
    """Makes users by e-mail address, which is compared without regard to case."""

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who logs in by e-mail address; staff manage, everybody else labels."""

    username = None
    email = models.EmailField("e-mail address", unique=True)
    organisation = models.CharField(max_length=200, blank=True, db_default="", default="")
    note = models.TextField(blank=True, db_default="", default="", help_text="Seen by staff only.")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ()

    objects = UserManager()

    class Meta:
        db_table = "users"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_email_address"),
        ]

    def __str__(self):
        return self.get_full_name() or self.email


class EditorSettings(models.Model):
    """What a person chose for their editor; each part is replaced as a whole."""

    PARTS = ("keys", "look", "picture")

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="editor_settings"
    )
    keys = models.JSONField(default=dict, blank=True)
    look = models.JSONField(default=dict, blank=True)
    picture = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "editor_settings"
        verbose_name_plural = "editor settings"

    def __str__(self):
        return f"Editor settings of {self.user}"

    @classmethod
    def of(cls, user):
        """{part: what was chosen}, also for those who never chose anything."""
        found = cls.objects.filter(user=user).values(*cls.PARTS).first()
        return found or {part: {} for part in cls.PARTS}

    @classmethod
    def keep(cls, user, parts):
        cls.objects.update_or_create(user=user, defaults=parts)
        return cls.of(user)


class ApiTokenQuerySet(models.QuerySet):
    def valid(self):
        return self.filter(
            user__is_active=True, revoked_at__isnull=True, expires_at__gt=timezone.now()
        )


class ApiToken(models.Model):
    """A key with which scripts act as its user; only its hash is kept, so it is shown once."""

    class Scope(models.TextChoices):
        READ = "read", "Read"
        LABEL = "label", "Read and label"
        MANAGE = "manage", "Read, label and manage"

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text="What it is for, for example: nightly export")
    scope = models.CharField(
        "may",
        max_length=10,
        choices=Scope,
        default=Scope.READ,
        help_text="Never more than you may do yourself; managing is for staff.",
    )
    # Of the whole token. It has 256 random bits, so that a slow hash would protect nothing more.
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    beginning = models.CharField(max_length=12, editable=False, help_text="To recognise it by.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        db_table = "api_tokens"
        verbose_name = "API token"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=["read", "label", "manage"]),
                name="a_token_has_a_known_scope",
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.beginning}…)"

    @property
    def state(self):
        if self.revoked_at:
            return "Revoked"
        return "Expired" if self.expires_at <= timezone.now() else "Valid"
