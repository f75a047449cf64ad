from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


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
