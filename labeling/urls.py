from django.urls import path

from labeling.views import labeler

app_name = "labeling"
urlpatterns = [
    path("", labeler.task_list, name="task_list"),
    path("task/<int:task_id>/next/", labeler.next_image, name="next_image"),
    path("label/<int:label_id>/", labeler.annotate, name="annotate"),
]
