"""Steps with many labels at once, from their list in the admin."""

import re

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse

from labeling.forms import ReassignForm, SendBackForm
from labeling.reviewing import take_with_each
from labeling.steps import SEND_BACK, InvalidStep, approve, reassign, release, send_back

# Each label is a transaction of its own, and the page waits for all of them.
MOST_AT_ONCE = 1000


@admin.action(permissions=["change"], description="Approve")
def approve_selected(model_admin, request, queryset):
    """Approve the revisions that the list showed."""
    if _are_too_many(model_admin, request, queryset):
        return

    def take(label):
        approve(label, by=request.user, rev=_seen_revision(request, label))

    _report(model_admin, request, take_with_each(queryset, take), "approved")


def _seen_revision(request, label):
    """The one that the list showed; of a label on another page of the list, the newest."""
    seen = request.POST.get(f"seen-{label.pk}")
    if seen is None:
        return label.rev
    if not re.fullmatch("[0-9]{1,10}", seen):
        raise InvalidStep("The list did not say which revision it showed. Load it again.")
    return int(seen)


@admin.action(permissions=["change"], description="Send back with a comment…")
def send_back_selected(model_admin, request, queryset):
    """Ask for the comment on a page of its own, then send back."""
    if _are_too_many(model_admin, request, queryset):
        return None
    form = SendBackForm(request.POST if "comment" in request.POST else None)
    if not form.is_valid():
        return _ask_first(
            model_admin,
            request,
            queryset,
            form,
            "send_back",
            {
                "action": "send_back_selected",
                "title": "Send back",
                "press": "Send back",
                "n_ready": queryset.filter(status__in=SEND_BACK.starts_from).count(),
                "seen": [(name, value) for name, value in request.POST.items() if "seen-" in name],
            },
        )
    comment = form.cleaned_data["comment"]

    def take(label):
        send_back(label, by=request.user, comment=comment, rev=_seen_revision(request, label))

    return _report(model_admin, request, take_with_each(queryset, take), "sent back")


@admin.action(permissions=["change"], description="Release untouched images to the queue")
def release_selected(model_admin, request, queryset):
    if not _are_too_many(model_admin, request, queryset):
        outcome = take_with_each(queryset, lambda label: release(label, by=request.user))
        _report(model_admin, request, outcome, "put back into the queue")


@admin.action(permissions=["change"], description="Give to another person…")
def reassign_selected(model_admin, request, queryset):
    """Ask for the person on a page of its own, then give them the unfinished ones."""
    if _are_too_many(model_admin, request, queryset):
        return None
    form = ReassignForm(queryset, request.POST if "to" in request.POST else None)
    if not form.is_valid():
        return _ask_first(
            model_admin,
            request,
            queryset,
            form,
            "reassign",
            {
                "action": "reassign_selected",
                "title": "Give to another person",
                "press": "Give them",
                "n_ready": queryset.open().count(),
            },
        )
    person = form.cleaned_data["to"]
    outcome = take_with_each(queryset, lambda label: reassign(label, by=request.user, to=person))
    return _report(model_admin, request, outcome, f"given to {person}")


def _ask_first(model_admin, request, queryset, form, page, words):
    """The page that asks for what an action needs; it brings the same action and labels back."""
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "media": model_admin.media,
        "form": form,
        "labels": queryset,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, f"admin/labeling/label/{page}.html", context | words)


def _are_too_many(model_admin, request, queryset):
    count = queryset.count()
    if count > MOST_AT_ONCE:
        message = f"Choose at most {MOST_AT_ONCE:,} labels at a time; these were {count:,}."
        model_admin.message_user(request, message, messages.ERROR)
    return count > MOST_AT_ONCE


def _report(model_admin, request, outcome, what):
    if outcome.done:
        labels = "label" if outcome.done == 1 else "labels"
        model_admin.message_user(request, f"{outcome.done} {labels} {what}.", messages.SUCCESS)
    for reason, count in sorted(outcome.refused.items()):
        labels = "label" if count == 1 else "labels"
        model_admin.message_user(
            request, f"{count} {labels} not {what}: {reason}", messages.WARNING
        )
