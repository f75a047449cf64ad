from django import forms
from django.contrib.auth.forms import AuthenticationForm

from accounts.models import ApiToken
from accounts.tokens import MOST_DAYS

# Enough for any pass phrase; a longer text is an attempt to keep the hasher busy.
LONGEST_PASSWORD = 4096


class LoginForm(AuthenticationForm):
    """E-mail address and password; what went wrong is said without telling who has an account."""

    username = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": "This e-mail address and password do not belong together. "
        "Check Caps Lock, or ask the staff of your team for a new password link.",
        # The same words, so that nobody learns which accounts exist.
        "inactive": "This e-mail address and password do not belong together. "
        "Check Caps Lock, or ask the staff of your team for a new password link.",
    }


class TokenForm(forms.ModelForm):
    days = forms.IntegerField(
        label="Valid for days", min_value=1, max_value=MOST_DAYS, initial=90, localize=False
    )

    class Meta:
        model = ApiToken
        fields = ("name", "scope")
