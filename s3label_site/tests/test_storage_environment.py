"""Where signed URLs may lead a browser stands in the Content-Security-Policy."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from datasets.bucket_access import AzureAccess, S3Access
from s3label_site.storage_environment import signed_origins

CODE = (
    "from s3label_site.settings import CONTENT_SECURITY_POLICY as policy;"
    "print(policy['DIRECTIVES']['img-src'], policy['DIRECTIVES']['connect-src'])"
)
OWN = "https://minio.example.org:9000"


@pytest.mark.parametrize(
    ("root", "access", "origins"),
    [
        ("s3://images/2026", {"s3": S3Access(OWN)}, [OWN]),
        (
            "s3://images",
            {"s3": S3Access(region="eu-central-1")},
            [
                "https://images.s3.amazonaws.com",
                "https://images.s3.eu-central-1.amazonaws.com",
                "https://s3.eu-central-1.amazonaws.com",
            ],
        ),
        ("az://c", {"az": AzureAccess("", "acme", "k")}, ["https://acme.blob.core.windows.net"]),
        (
            "az://c",
            {"az": AzureAccess("AccountName=a;AccountKey=k;BlobEndpoint=http://10.0.0.1:1/a")},
            ["http://10.0.0.1:1"],
        ),
        ("/srv/images", {}, []),
    ],
)
def test_the_origin_of_signed_urls(root, access, origins):
    assert signed_origins([root], access) == origins


@pytest.mark.parametrize("signed", ["0", "1"])
def test_the_policy_names_the_storage_only_with_signed_urls(tmp_path, signed):
    bucket = {
        "S3LABEL_DATA_DIR": str(tmp_path),
        "S3LABEL_IMAGE_ROOTS": "s3://images",
        "S3LABEL_S3_ENDPOINT_URL": OWN,
        "S3LABEL_S3_ACCESS_KEY": "key",
        "S3LABEL_S3_SECRET_KEY": "secret",
        "S3LABEL_SIGNED_URLS": signed,
    }
    printed = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=settings.BASE_DIR,
        env=os.environ | bucket,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed.count(OWN) == 2 * int(signed)
