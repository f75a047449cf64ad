"""What staff do with images over the API: datasets, groups, imports and background jobs."""

from ninja import Router

from accounts.authentication import managing_auth
from datasets.api.checks import router as checks_router
from datasets.api.imports import router as imports_router
from datasets.api.jobs import router as jobs_router
from datasets.api.sets import router as sets_router

router = Router(auth=managing_auth)
router.add_router("", sets_router, tags=["Datasets and groups"])
router.add_router("", imports_router, tags=["Imports"])
router.add_router("", checks_router, tags=["Checks"])
router.add_router("", jobs_router, tags=["Background jobs"])
