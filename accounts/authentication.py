"""Who makes a request of the API: the bearer of a token, else the user of the session."""

from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer, django_auth

from accounts.models import ApiToken
from accounts.tokens import token_of

READING = ("GET", "HEAD", "OPTIONS")


class TokenAuth(HttpBearer):
    """A token that is given must be good: nothing falls back to the session's user."""

    def authenticate(self, request, token):
        found = token_of(token)
        if found is None:
            raise AuthenticationError(
                message="The token is wrong, expired or revoked. Make a new one."
            )
        if found.scope == ApiToken.Scope.READ and request.method not in READING:
            raise HttpError(403, "This token may only read. Make one that may write.")
        request.user = found.user
        return found


# In this order: a request with a token needs no cookie and no CSRF token.
api_auth = [TokenAuth(), django_auth]
