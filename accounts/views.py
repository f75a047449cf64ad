from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.messages.views import SuccessMessageMixin
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from accounts.forms import LoginForm, TokenForm
from accounts.models import ApiToken
from accounts.tokens import make_token, revoke


class Login(auth_views.LoginView):
    form_class = LoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True


class ChangePassword(SuccessMessageMixin, auth_views.PasswordChangeView):
    """Other sessions of the user end, because a session is bound to the password."""

    template_name = "accounts/change_password.html"
    success_url = reverse_lazy("labeling:task_list")
    success_message = "Your password is changed. Other devices are logged out."


class SetPassword(auth_views.PasswordResetConfirmView):
    """Choose a password by a one-time link of accounts.links, and be logged in with it."""

    template_name = "accounts/set_password.html"
    success_url = reverse_lazy("labeling:task_list")
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def form_valid(self, form):
        messages.success(self.request, "Your password is set, and you are logged in.")
        return super().form_valid(form)

    def render_to_response(self, context, **response_kwargs):
        if not self.validlink:
            response_kwargs["status"] = 404
        return super().render_to_response(context, **response_kwargs)


class Tokens(LoginRequiredMixin, FormView):
    """The user's tokens. The answer to making one is the only page that shows its secret."""

    form_class = TokenForm
    template_name = "accounts/tokens.html"

    def form_valid(self, form):
        _, secret = make_token(self.request.user, **form.cleaned_data)
        context = self.get_context_data(secret=secret, form=TokenForm())
        return self.render_to_response(context)

    def get_context_data(self, **context):
        return super().get_context_data(tokens=self.request.user.api_tokens.all()[:100], **context)

    def render_to_response(self, context, **response_kwargs):
        response = super().render_to_response(context, **response_kwargs)
        response["Cache-Control"] = "no-store"
        return response


@login_required
@require_POST
def revoke_token(request, token_id):
    token = get_object_or_404(ApiToken, user=request.user, pk=token_id)
    revoke(ApiToken.objects.filter(pk=token.pk))
    messages.success(request, f"The token {token.name} is revoked.")
    return redirect("accounts:tokens")
