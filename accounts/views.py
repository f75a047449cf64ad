from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.messages.views import SuccessMessageMixin
from django.urls import reverse_lazy

from accounts.forms import LoginForm


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
