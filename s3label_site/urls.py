from django.contrib import admin
from django.urls import include, path

from s3label_site.api import api
from s3label_site.description_page import api_page
from s3label_site.health import healthz, readyz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("api/", api_page, name="api_page"),
    path("api/v1/", api.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", include("labeling.urls")),
]
handler404 = "s3label_site.outages.nothing_there"
handler500 = "s3label_site.outages.server_error"
