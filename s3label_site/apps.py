from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class S3LabelSiteConfig(AppConfig):
    name = "s3label_site"


class S3LabelAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "s3label_site.admin.S3LabelAdminSite"
