"""What the editor and scripts do with labels, and what staff do with tasks, over the API."""

from ninja import Router

from accounts.authentication import managing_auth
from labeling.api.classes import router as classes_router
from labeling.api.comments import router as comments_router
from labeling.api.drawing import router as drawing_router
from labeling.api.exports import router as exports_router
from labeling.api.label_imports import router as label_imports_router
from labeling.api.labels import router as labels_router
from labeling.api.people import router as people_router
from labeling.api.predictions import router as predictions_router
from labeling.api.queue import router as queue_router
from labeling.api.reviews import router as reviews_router
from labeling.api.suggestions import router as suggestions_router
from labeling.api.tasks import router as tasks_router

router = Router()
router.add_router("", labels_router, tags=["Labels and images"])
router.add_router("", drawing_router, tags=["Labeling"])
router.add_router("", suggestions_router, tags=["Labeling"])
router.add_router("", comments_router, tags=["Comments"])
for managing, tag in (
    (reviews_router, "Review"),
    (tasks_router, "Tasks and classes"),
    (classes_router, "Tasks and classes"),
    (people_router, "Assignments"),
    (queue_router, "Queue"),
    (exports_router, "Exports"),
    (label_imports_router, "Label imports"),
    (predictions_router, "Predictions"),
):
    router.add_router("", managing, tags=[tag], auth=managing_auth)
