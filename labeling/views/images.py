"""The bytes of images, for those who may see them."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from labeling.querysets import images_visible_to


@login_required
@require_safe
def image_file(request, image_id):
    image = get_object_or_404(images_visible_to(request.user), pk=image_id)
    return FileResponse(open(image.path, "rb"))


@login_required
@require_safe
def image_thumbnail(request, image_id):
    image = get_object_or_404(images_visible_to(request.user), pk=image_id)
    return FileResponse(open(image.path, "rb"))
