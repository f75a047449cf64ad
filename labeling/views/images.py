"""The bytes of images, for those who may see them."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from datasets.serving import (
    deep_answer,
    picture_answer,
    reduced_answer,
    thumbnail_answer,
    tile_answer,
)
from datasets.tiling import want_tiles
from labeling.querysets import images_visible_to


@login_required
@require_safe
def image_file(request, image_id):
    """The image in exactly the pixels that labels are drawn in."""
    return picture_answer(request, _seen(request, image_id))


@login_required
@require_safe
def image_thumbnail(request, image_id):
    return thumbnail_answer(request, _seen(request, image_id))


@login_required
@require_safe
def image_reduced(request, image_id):
    """The image, or of a huge one a picture with fewer pixels."""
    return reduced_answer(request, _seen(request, image_id))


@login_required
@require_safe
def image_deep(request, image_id):
    """What a grey image holds beyond 8 bits, for the editor."""
    return deep_answer(request, _seen(request, image_id))


@login_required
@require_POST
def image_tiles(request, image_id):
    """How far the tiles of a huge image are; they are made if they are not there."""
    image = _seen(request, image_id)
    if not image.is_huge:
        return JsonResponse({"message": "This image has no tiles."}, status=409)
    return JsonResponse(want_tiles(image)._asdict())


@login_required
@require_safe
def image_tile(request, image_id, level, column, row):
    image = _seen(request, image_id)
    answer = tile_answer(request, image, level, column, row)
    if answer is None:
        raise Http404
    return answer


def _seen(request, image_id):
    return get_object_or_404(images_visible_to(request.user), pk=image_id)
