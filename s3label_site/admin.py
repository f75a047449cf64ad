from django.contrib import admin


class S3LabelAdminSite(admin.AdminSite):
    site_title = "S3Label"
    site_header = "S3Label"
    index_title = "From a folder of images to labels"
