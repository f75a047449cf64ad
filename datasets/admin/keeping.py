"""Rows that stay once they are used: the admin says why, and what to do instead of deleting."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.shortcuts import redirect


class KeepsWhatIsUsed:
    """For a ModelAdmin, before it among the bases."""

    def why_it_stays(self, obj):
        """What to say to somebody who wants to delete it; empty if that is possible."""
        raise NotImplementedError

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and not (obj is not None and self.why_it_stays(obj))

    def delete_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        may = obj is not None and super().has_delete_permission(request, obj)
        if may and (why := self.why_it_stays(obj)):
            messages.warning(request, why)
            page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return redirect(page, obj.pk)
        return super().delete_view(request, object_id, extra_context)

    def get_actions(self, request):
        actions = super().get_actions(request)
        # It would not ask what is used.
        actions.pop("delete_selected", None)
        return actions
