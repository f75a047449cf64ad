from django.urls import path

from labeling.views import images, labeler

app_name = "labeling"
urlpatterns = [
    path("", labeler.task_list, name="task_list"),
    path("labels/", labeler.my_labels, name="my_labels"),
    path("task/<int:task_id>/labels/", labeler.my_labels, name="task_labels"),
    path("task/<int:task_id>/next/", labeler.next_image, name="next_image"),
    path("label/<int:label_id>/", labeler.annotate, name="annotate"),
    path("label/<int:label_id>/give-back/", labeler.give_back, name="give_back"),
    path("images/<int:image_id>/file", images.image_file, name="image_file"),
    path("images/<int:image_id>/thumbnail", images.image_thumbnail, name="image_thumbnail"),
    path("images/<int:image_id>/reduced", images.image_reduced, name="image_reduced"),
    path("images/<int:image_id>/deep", images.image_deep, name="image_deep"),
    path("images/<int:image_id>/tiles", images.image_tiles, name="image_tiles"),
    path(
        "images/<int:image_id>/tiles/<int:level>/<int:column>_<int:row>",
        images.image_tile,
        name="image_tile",
    ),
]
