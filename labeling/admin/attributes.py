"""Tags and attributes on the page of a task."""

from django.contrib import admin

from labeling.attribute_forms import AttributeForm, AttributeFormSet
from labeling.models import Attribute


class AttributeInline(admin.TabularInline):
    model = Attribute
    form = AttributeForm
    formset = AttributeFormSet
    fields = ("name", "of", "kind", "options", "default_value", "is_required", "position")
    fields += ("is_archived",)
    extra = 0
    verbose_name = "tag or attribute"
    verbose_name_plural = "Tags and attributes: what else is said of an image or a shape"


def lacks_tags(task):
    """Nothing is drawn in it, and there is nothing to choose either."""
    asked = task.attributes.filter(applies_to="image", is_archived=False)
    return not task.tools and not asked.exists()
