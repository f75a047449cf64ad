from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.html import format_html

from accounts.links import password_link
from accounts.models import ApiToken, User
from accounts.tokens import revoke


class PersonAddForm(AdminUserCreationForm):
    """A new account; an address differs from another only by more than case."""

    usable_password = forms.ChoiceField(
        label="First password",
        choices=[("true", "I set it now"), ("false", "The person chooses it")],
        initial="true",
        widget=forms.RadioSelect(attrs={"class": "radiolist inline"}),
        help_text="To let the person choose, save, then make a link for the person in the list "
        "of users: “Make links to choose a password” among the actions.",
    )

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "organisation")

    def clean_email(self):
        return self.cleaned_data["email"].lower()


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self):
        return self.cleaned_data["email"].lower()


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Accounts. Only superusers decide who is staff, and only they change staff."""

    add_form = PersonAddForm
    form = PersonChangeForm
    list_display = ("email", "first_name", "last_name", "organisation", "role", "last_login")
    list_filter = ("is_active", "is_staff", "organisation")
    search_fields = ("email", "first_name", "last_name", "organisation")
    search_help_text = "Search by e-mail address, name or organisation."
    ordering = ("email",)
    actions = ("make_password_links",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "organisation", "note")}),
        (
            "Access",
            {
                "description": "Make a person who left inactive instead of deleting: labels stay.",
                "fields": ("is_active",),
            },
        ),
    )
    staff_fieldset = (
        "Permissions",
        {
            "description": "Staff may enter this admin and see every image and label. "
            "What they may change here is what their permissions allow: those in the group "
            "Managers do all the work from folder to labels.",
            "fields": ("is_staff", "is_superuser", "groups", "user_permissions"),
        },
    )
    dates_fieldset = ("Dates", {"fields": ("last_login", "date_joined")})
    add_fieldsets = (
        (
            None,
            {
                "description": "The person logs in with the e-mail address. "
                "They see nothing until they are assigned to a label task.",
                "fields": ("email", "first_name", "last_name", "organisation"),
            },
        ),
        ("Password", {"fields": ("usable_password", "password1", "password2")}),
    )

    @admin.display(ordering="is_staff")
    def role(self, user):
        if not user.is_active:
            return "Inactive"
        if user.is_superuser:
            return "Superuser"
        return "Staff" if user.is_staff else "Labeler"

    @admin.action(permissions=["change"], description="Make links to choose a password")
    def make_password_links(self, request, queryset):
        """One link each, shown once; the person who opens it chooses a password."""
        for user in queryset:
            if user.is_active and self.has_change_permission(request, user):
                link = password_link(user, request)
                words = format_html("Send this to {}; it works once: <code>{}</code>", user, link)
                self.message_user(request, words, messages.SUCCESS)
            else:
                words = f"You cannot make a link for {user}: the account is inactive or staff."
                self.message_user(request, words, messages.ERROR)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.add_fieldsets
        if request.user.is_superuser:
            return (*self.fieldsets, self.staff_fieldset, self.dates_fieldset)
        return (*self.fieldsets, self.dates_fieldset)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def _may_touch(self, request, obj):
        # Whoever sets the password of staff has what they have.
        return request.user.is_superuser or obj is None or not (obj.is_staff or obj.is_superuser)


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Whose scripts may do what; people make tokens on their own page, where alone it is shown."""

    list_display = ("name", "beginning", "user", "scope", "state", "expires_at", "last_used_at")
    list_filter = ("scope",)
    search_fields = ("name", "beginning", "user__email")
    list_select_related = ("user",)
    actions = ("revoke_tokens",)

    @admin.action(permissions=["change"], description="Revoke the selected tokens")
    def revoke_tokens(self, request, queryset):
        count = revoke(queryset)
        self.message_user(request, f"{count} revoked; scripts that use them are refused at once.")

    def has_add_permission(self, request):
        return False

    def get_readonly_fields(self, request, obj=None):
        return [field.name for field in self.model._meta.fields if field.name != "sha256"]

    def get_exclude(self, request, obj=None):
        return ("sha256",)
