"""Keys with which scripts use the API: made, recognised, revoked."""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from accounts.models import ApiToken

# So that people, and programs that look for leaked secrets, recognise one.
PREFIX = "s3l_"
SHOWN = 10
MOST_DAYS = 366
# A token that is used all day is written down once an hour.
NOTED_EVERY = timedelta(hours=1)


def make_token(user, name, scope, days):
    """A new token and its secret, which nobody can learn again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        scope=scope,
        sha256=_hash(secret),
        beginning=secret[:SHOWN],
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token, secret


def token_of(secret):
    """The valid token with this secret, with its user; None if there is none."""
    token = ApiToken.objects.valid().select_related("user").filter(sha256=_hash(secret)).first()
    now = timezone.now()
    if token and (token.last_used_at is None or token.last_used_at < now - NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke(tokens):
    """End the tokens of a queryset at once; how many were not ended yet."""
    return tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def _hash(secret):
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
