"""Who makes a request of the API: the bearer of a token, else the user of the session."""

from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer, SessionAuth

from accounts.models import ApiToken
from accounts.tokens import token_of

READING = ("GET", "HEAD", "OPTIONS")


class TokenAuth(HttpBearer):
    """A token that is given must be good: nothing falls back to the session's user."""

    # With which scopes one may do more than read.
    writes_with: tuple[str, ...] = (ApiToken.Scope.LABEL, ApiToken.Scope.MANAGE)

    def authenticate(self, request, token):
        found = token_of(token)
        if found is None:
            raise AuthenticationError(
                message="The token is wrong, expired or revoked. Make a new one."
            )
        if request.method not in READING and found.scope not in self.writes_with:
            scope = found.get_scope_display().lower()
            raise HttpError(403, f"This token may only {scope}. Make one that may do this.")
        request.user = found.user
        return found


class ManagingTokenAuth(TokenAuth):
    """For what staff do: a token that was made for labeling cannot do it for them."""

    writes_with = (ApiToken.Scope.MANAGE,)


class LoggedIn(SessionAuth):
    """Who has no session is told so, and not that a form's token is missing."""

    def __call__(self, request):
        return super().__call__(request) if request.user.is_authenticated else None


# In this order: a request with a token needs no cookie and no CSRF token.
api_auth = [TokenAuth(), LoggedIn()]
managing_auth = [ManagingTokenAuth(), LoggedIn()]
