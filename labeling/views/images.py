"""The bytes of images, for those who may see them."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from datasets.serving import picture_answer, thumbnail_answer
from labeling.querysets import images_visible_to


@login_required
@require_safe
def image_file(request, image_id):
    """The image in exactly the pixels that labels are drawn in."""
    image = get_object_or_404(images_visible_to(request.user), pk=image_id)
    return picture_answer(request, image)


@login_required
@require_safe
def image_thumbnail(request, image_id):
    image = get_object_or_404(images_visible_to(request.user), pk=image_id)
    return thumbnail_answer(request, image)
