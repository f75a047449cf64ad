from django import forms
from django.contrib.auth.forms import AuthenticationForm

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
        "Check Caps Lock, or ask the staff of your project for a new password link.",
        # The same words, so that nobody learns which accounts exist.
        "inactive": "This e-mail address and password do not belong together. "
        "Check Caps Lock, or ask the staff of your project for a new password link.",
    }
