from django.contrib import admin
from django.urls import include, path

from s3label_site.api import api

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("api/v1/", api.urls),
    path("", include("labeling.urls")),
]
