"""Webhooks in the admin: make one, try it, see what was told and tell it again."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.utils.html import format_html

from datasets.admin.display import NeverEdited
from datasets.posting import Forbidden, place_of
from datasets.webhooks import EVENTS, TEST, Delivery, Webhook, new_key, tell

TONES = {"delivered": "good", "failed": "bad"}


class WebhookForm(forms.ModelForm):
    events = forms.MultipleChoiceField(
        choices=list(EVENTS.items()), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Webhook
        fields = ("name", "url", "events", "is_active")
        widgets = {
            "url": forms.TextInput(attrs={"class": "vLargeTextField", "spellcheck": "false"})
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hosts = ", ".join([*settings.WEBHOOK_HOSTS, *settings.WEBHOOK_PRIVATE_HOSTS])
        if "url" in self.fields:
            self.fields["url"].help_text = (
                f"Hosts that the operator allows: {hosts}."
                if hosts
                else "The operator allows no host yet; see S3LABEL_WEBHOOK_HOSTS in the settings."
            )

    def clean_url(self):
        url = self.cleaned_data["url"]
        try:
            place_of(url, settings.WEBHOOK_HOSTS, settings.WEBHOOK_PRIVATE_HOSTS)
        except Forbidden as problem:
            raise forms.ValidationError(str(problem)) from problem
        return url


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin):
    form = WebhookForm
    list_display = ("name", "url", "what", "is_active", "waiting")
    ordering = ("name", "pk")
    actions = ("try_out", "change_secret")

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
        if not change:
            self._show_secret(request, obj)

    def _show_secret(self, request, webhook):
        words = "The secret of {}, by which it knows our messages; it is shown this once: "
        text = format_html(words + "<code>{}</code>", webhook, webhook.secret)
        self.message_user(request, text, messages.SUCCESS)

    @admin.action(permissions=["change"], description="Send a test message")
    def try_out(self, request, queryset):
        tell(queryset, TEST, {"words": "This is a test."})
        self.message_user(request, "Written; a worker sends it in a moment. See the deliveries.")

    @admin.action(permissions=["change"], description="Make a new secret; the old one ends")
    def change_secret(self, request, queryset):
        for webhook in queryset:
            webhook.key = new_key()
            webhook.save(update_fields=["key"])
            self._show_secret(request, webhook)

    @admin.display(description="events")
    def what(self, webhook):
        return ", ".join(webhook.events)

    @admin.display(description="waiting")
    def waiting(self, webhook):
        return webhook.deliveries.filter(status="waiting").count()


@admin.register(Delivery)
class DeliveryAdmin(NeverEdited, admin.ModelAdmin):
    """What was told to whom, and what came of it; nothing is edited."""

    list_display = ("event", "webhook", "state", "attempts", "answer", "problem", "created_at")
    list_filter = ("status", "event", "webhook")
    list_select_related = ("webhook",)
    list_per_page = 50
    ordering = ("-pk",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("send_again",)

    def has_send_permission(self, request):
        return request.user.has_perm("datasets.change_delivery")

    @admin.action(permissions=["send"], description="Send again")
    def send_again(self, request, queryset):
        count = queryset.send_again()
        what = "1 message" if count == 1 else f"{count} messages"
        self.message_user(request, f"{what} will be sent again.", messages.SUCCESS)

    @admin.display(ordering="status")
    def state(self, delivery):
        tone = TONES.get(delivery.status, "calm")
        return format_html('<span class="badge {}">{}</span>', tone, delivery.get_status_display())
