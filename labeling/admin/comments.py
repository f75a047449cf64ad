"""Comments on the page of a label: a reviewer marks a place, answers, says what is done."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from labeling.comments import LONGEST, InvalidComment, settle, write
from labeling.models import Label


class CommentForm(forms.Form):
    """A comment, or, when it names a thread, an answer."""

    words = forms.CharField(
        label="Comment", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
    thread = forms.IntegerField(required=False, widget=forms.HiddenInput)
    x = forms.FloatField(required=False, widget=forms.HiddenInput)
    y = forms.FloatField(required=False, widget=forms.HiddenInput)
    shape = forms.UUIDField(required=False, widget=forms.HiddenInput)


class CommentPages:
    def get_urls(self):
        comment = self.admin_site.admin_view(self.comment_view)
        name = "labeling_label_comment"
        return [path("<int:label_id>/comment/", comment, name=name), *super().get_urls()]

    def comment_view(self, request, label_id):
        """Write or settle a comment, and go back to the label."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        labels = Label.objects.visible_to(request.user).claimed().select_related("image")
        label = get_object_or_404(labels, pk=label_id)
        if request.method == "POST":
            problem = _act(request, label)
            if problem:
                messages.error(request, problem)
        query = request.GET.urlencode()
        url = reverse("admin:labeling_label_change", args=[label.pk])
        return HttpResponseRedirect(f"{url}{'?' if query else ''}{query}")


def _act(request, label):
    """Do what was asked for; what is wrong with it, or nothing."""
    for name, is_settled in (("_settle", True), ("_open", False)):
        number = request.POST.get(name, "")
        if number.isdecimal():
            comment = get_object_or_404(label.comments.threads(), pk=int(number[:18]))
            settle(comment, by=request.user, is_settled=is_settled)
            return None
    form = CommentForm(request.POST)
    if not form.is_valid():
        return "Nothing was written. A comment has a few words, and at most 4,000 characters."
    said = form.cleaned_data
    place = (said["x"], said["y"])
    thread = said["thread"] and get_object_or_404(label.comments.threads(), pk=said["thread"])
    try:
        write(
            label,
            by=request.user,
            words=said["words"],
            place=None if None in place else place,
            shape=said["shape"],
            thread=thread or None,
        )
    except InvalidComment as problem:
        return str(problem)
    return None
