"""The page of one label, on which staff look at it, decide, and go on to the next."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from labeling.admin.comments import CommentForm
from labeling.admin.drawings import drawing_of, said_of
from labeling.comments import words_of_marks
from labeling.counting import submitted_labels
from labeling.forms import ReassignForm, ReviewForm
from labeling.history import history_of
from labeling.models import Label, LabelTask
from labeling.reviewing import next_to_review, previous_to_review
from labeling.steps import InvalidStep, approve, reassign, release, send_back
from labeling.timing import in_words


class ReviewPages:
    """Takes the place of Django's change page, because no field of a label is edited."""

    def get_urls(self):
        review = self.admin_site.admin_view(self.review_view)
        return [path("review/", review, name="labeling_label_review"), *super().get_urls()]

    def review_view(self, request):
        """Go to the label that has waited longest for a review."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        task = self.queue_task(request)
        return self._go_on(next_to_review(request.user, task=task), request, task)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        label = self.get_object(request, object_id)
        if label is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form = ReviewForm()
        if request.method == "POST":
            if not self.has_change_permission(request, label):
                raise PermissionDenied
            form = ReviewForm(request.POST)
            answer = self._decide(request, label, form)
            if answer is not None:
                return answer
            # Refused: show what is there now, and the comment as it was written.
            label.refresh_from_db()
        return self._label_page(request, label, form)

    def _decide(self, request, label, form):
        """Take the step that the pressed button names; None when it was refused."""
        if not form.is_valid():
            messages.error(request, "Nothing was changed. Look at the label again, then decide.")
            return None
        task = self.queue_task(request)
        was_waiting = label.status == Label.Status.SUBMITTED
        following = next_to_review(request.user, task=task, after=label)
        about = f"{label.image.name} by {label.labeler}"
        try:
            done = _take_step(request, label, **form.cleaned_data)
        except InvalidStep as problem:
            messages.error(request, f"Nothing was changed. {problem}")
            return None
        # The admin begins a message with a capital letter, and files are called as they are.
        messages.success(request, f"{done[0].upper()}{done[1:]}: {about}.")
        if was_waiting:
            if following and following.task_id != label.task_id:
                words = "That was the last of {}; this one is of {}."
                messages.info(request, words.format(label.task, following.task))
            return self._go_on(following, request, task)
        if label.status == Label.Status.FREE:
            return HttpResponseRedirect(reverse("admin:labeling_label_changelist"))
        return HttpResponseRedirect(request.get_full_path())

    def _label_page(self, request, label, form):
        task = self.queue_task(request)
        rev = _shown_revision(request, label)
        can_decide = self.has_change_permission(request, label)
        context = {
            **self.admin_site.each_context(request),
            "comments": label.comments.threads(),
            "comment_form": CommentForm(),
            "can_comment": can_decide,
            "time_spent": in_words(label.sittings.seconds()),
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "media": self.media,
            "title": label.image.name,
            "subtitle": None,
            "label": label,
            "rev": rev,
            "drawing": drawing_of(label, rev, request.user),
            "said": said_of(label, rev),
            "history": history_of(label)[0],
            "form": form,
            "can_decide": can_decide,
            "reassign_form": ReassignForm(Label.objects.filter(pk=label.pk)),
            "is_own": label.labeler_id == request.user.pk,
            "queue": f"?task={task.pk}" if task else "",
            "n_waiting": submitted_labels(task, besides=request.user),
            "next": next_to_review(request.user, task=task, after=label),
            "previous": previous_to_review(request.user, task=task, before=label),
        }
        return TemplateResponse(request, "admin/labeling/label/review.html", context)

    def _go_on(self, label, request, task):
        """To this label, or to the list when there is none."""
        queue = f"?task={task.pk}" if task else ""
        if label is not None:
            url = reverse("admin:labeling_label_change", args=[label.pk])
            return HttpResponseRedirect(url + queue)
        messages.info(request, "No other label waits for your review.")
        chosen = f"?task__id__exact={task.pk}" if task else ""
        return HttpResponseRedirect(reverse("admin:labeling_label_changelist") + chosen)

    def queue_task(self, request, parameter="task"):
        """The task that the reviewer stays in, or None for all."""
        number = request.GET.get(parameter, "")
        # 18 digits always fit into the database's integers.
        if not (number.isdecimal() and len(number) <= 18):
            return None
        return LabelTask.objects.filter(pk=number).first()


def _shown_revision(request, label):
    """The newest revision, unless an older one is asked for."""
    number = request.GET.get("rev", "")
    return min(int(number[:9]), label.rev) if number.isdecimal() else label.rev


def _take_step(request, label, *, rev, comment):
    if "_approve" in request.POST:
        approve(label, by=request.user, rev=rev)
        return "approved"
    if "_send_back" in request.POST:
        comment = comment.strip() or words_of_marks(label)
        send_back(label, by=request.user, comment=comment, rev=rev)
        return "sent back"
    if "_release" in request.POST:
        release(label, by=request.user)
        return "put back into the queue"
    if "_reassign" in request.POST:
        form = ReassignForm(Label.objects.filter(pk=label.pk), request.POST)
        if not form.is_valid():
            raise InvalidStep("Choose a person.")
        reassign(label, by=request.user, to=form.cleaned_data["to"])
        return f"given to {label.labeler}"
    raise InvalidStep("Press one of the buttons.")
