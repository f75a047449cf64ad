"""Links with which a person chooses a password, made by staff and passed on by hand or mail."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode


def password_link(user, request):
    """A link for this user that works once, for PASSWORD_RESET_TIMEOUT (3 days by default).

    It also dies when the user logs in or gets another e-mail address, because the token
    is made of these.
    """
    path = reverse(
        "accounts:set_password",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
    return request.build_absolute_uri(path)
