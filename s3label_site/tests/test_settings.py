"""A value that S3Label cannot work with stops the start, with its name and the cure."""

import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings


def check(*, command="check", **environment):
    """`manage.py check` as a process of its own with this environment."""
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=settings.BASE_DIR,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("environment", "name", "cure"),
    [
        ({"S3LABEL_DEBUG": "perhaps"}, "S3LABEL_DEBUG='perhaps'", "use 1 or 0"),
        ({"S3LABEL_HTTPS": "2"}, "S3LABEL_HTTPS='2'", "use 1 or 0"),
        ({"S3LABEL_MAX_PIXELS": "many"}, "S3LABEL_MAX_PIXELS='many'", "not a whole number"),
        ({"S3LABEL_MAX_PIXELS": "0"}, "S3LABEL_MAX_PIXELS=0", "use 1 or more"),
        ({"S3LABEL_SECRET_KEY": "short"}, "S3LABEL_SECRET_KEY", "use 50 or more"),
        ({"S3LABEL_DATA_DIR": "/proc/s3label"}, "S3LABEL_DATA_DIR=/proc/s3label", "may write"),
        ({"S3LABEL_IMAGE_ROOTS": "images"}, "S3LABEL_IMAGE_ROOTS", "absolute path"),
        ({"S3LABEL_IMAGE_ROOTS": "/srv/images:/etc/"}, "S3LABEL_IMAGE_ROOTS", "system folder"),
        ({"S3LABEL_IMAGE_ROOTS": "/"}, "S3LABEL_IMAGE_ROOTS", "system folder"),
        ({"S3LABEL_IMAGE_ROOTS": "/srv/../proc/self/root/etc"}, "/proc/self/root", "system folder"),
        ({"S3LABEL_IMAGE_ROOTS": str(settings.BASE_DIR)}, "own folder", "a folder of images"),
        ({"S3LABEL_IMAGE_ROOTS": "gs://bucket"}, "S3LABEL_IMAGE_ROOTS", "az://container"),
        ({"S3LABEL_IMAGE_ROOTS": "s3://bucket/../x"}, "S3LABEL_IMAGE_ROOTS", "may be empty"),
        ({"S3LABEL_IMAGE_ROOTS": "s3://b"}, "S3LABEL_IMAGE_ROOTS", "no name of a bucket"),
        ({"S3LABEL_IMAGE_ROOTS": "az://images"}, "az://", "S3LABEL_AZURE_CONNECTION_STRING"),
        ({"S3LABEL_S3_ACCESS_KEY": "key"}, "S3LABEL_S3_SECRET_KEY", "belong together"),
        ({"S3LABEL_S3_REGION": "Frankfurt/M"}, "S3LABEL_S3_REGION", "eu-central-1"),
        ({"S3LABEL_S3_ENDPOINT_URL": "minio:9000"}, "S3LABEL_S3_ENDPOINT_URL", "https://"),
        ({"S3LABEL_S3_ENDPOINT_URL": "http://a:b@c"}, "S3LABEL_S3_ENDPOINT_URL", "https://"),
        ({"S3LABEL_S3_ENDPOINT_URL": "http://169.254.169.254"}, "169.254", "the storage's address"),
        ({"S3LABEL_S3_ENDPOINT_URL": "http://[::ffff:169.254.169.254]"}, "169.254", "no storage"),
        ({"S3LABEL_S3_ENDPOINT_URL": "http://0.0.0.0:80"}, "0.0.0.0, which", "no storage"),
        ({"S3LABEL_AZURE_CONNECTION_STRING": "nonsense"}, "AccountKey", "portal"),
        (
            {"S3LABEL_AZURE_CONNECTION_STRING": "SharedAccessSignature=sv=1&sig=x"},
            "AccountKey",
            "Shared access signature",
        ),
        (
            {
                "S3LABEL_IMAGE_ROOTS": "az://images",
                "S3LABEL_AZURE_CONNECTION_STRING": "BlobEndpoint=https://a.blob.core.windows.net;"
                "SharedAccessSignature=sv=1&sig=x",
                "S3LABEL_SIGNED_URLS": "1",
            },
            "S3LABEL_SIGNED_URLS",
            "the key of the Azure account",
        ),
        ({"S3LABEL_BUCKET_CONNECTIONS": "0"}, "S3LABEL_BUCKET_CONNECTIONS=0", "use 1 or more"),
        ({"S3LABEL_SIGNED_URLS": "maybe"}, "S3LABEL_SIGNED_URLS='maybe'", "use 1 or 0"),
        ({"S3LABEL_IMAGE_ROOTS": ":"}, "S3LABEL_IMAGE_ROOTS is empty", "at least one folder"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL", "postgresql://"),
        ({"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL", "use PostgreSQL"),
        ({"S3LABEL_TIME_ZONE": "Mars/Olympus"}, "S3LABEL_TIME_ZONE", "Europe/Berlin"),
        ({"S3LABEL_ALLOWED_HOSTS": "http://x.org"}, "S3LABEL_ALLOWED_HOSTS", "the name only"),
        ({"S3LABEL_ALLOWED_HOSTS": "x.org:8000"}, "S3LABEL_ALLOWED_HOSTS", "the name only"),
        ({"S3LABEL_TRUSTED_ORIGINS": "x.org"}, "S3LABEL_TRUSTED_ORIGINS", "https://"),
    ],
)
def test_a_bad_value_stops_the_start_with_its_name_and_the_cure(environment, name, cure):
    """Cases 61, 67: among them image roots and addresses of storages that are none."""
    answer = check(**environment)
    assert answer.returncode != 0
    assert name in answer.stderr
    assert cure in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr


@pytest.mark.parametrize("below", ["", "cache/", "exports"])
def test_the_folder_of_our_own_data_is_no_image_root(tmp_path, below):
    environment = {"S3LABEL_DATA_DIR": str(tmp_path)}
    assert check(**environment).returncode == 0
    answer = check(**environment, S3LABEL_IMAGE_ROOTS=f"{tmp_path}/{below}")
    assert answer.returncode != 0
    assert "own folder" in answer.stderr


@pytest.mark.parametrize("named", ["", "/srv/images", "{own}", "{own}/:/srv/images"])
def test_the_images_of_the_data_folder_always_are_a_root(tmp_path, named):
    own = f"{tmp_path}/images"
    given = {"S3LABEL_IMAGE_ROOTS": named.format(own=own)} if named else {}
    answer = check(command="diffsettings", S3LABEL_DATA_DIR=str(tmp_path), **given)
    [line] = [line for line in answer.stdout.splitlines() if line.startswith("IMAGE_ROOTS")]
    assert line.count(f"{own!r}") == 1
    assert ("'/srv/images'" in line) == ("srv" in named)


def test_the_data_folder_and_a_secret_key_are_made_on_the_first_start(tmp_path):
    folder = tmp_path / "new" / "data"
    assert check(S3LABEL_DATA_DIR=str(folder)).returncode == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    key = folder / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    made = key.read_text()
    assert len(made) >= 50
    assert check(S3LABEL_DATA_DIR=str(folder)).returncode == 0
    assert key.read_text() == made


def test_a_damaged_key_file_is_not_used(tmp_path):
    (tmp_path / "secret_key").write_text("x")
    answer = check(S3LABEL_DATA_DIR=str(tmp_path))
    assert answer.returncode != 0
    assert f"the key in {tmp_path}/secret_key is damaged" in answer.stderr


def test_good_values_start(tmp_path):
    """Case 61: a root that holds the data folder is one, and so is a disk in memory."""
    answer = check(
        S3LABEL_DATA_DIR=str(tmp_path / "data"),
        S3LABEL_IMAGE_ROOTS=f"{tmp_path}/a:{tmp_path}:/dev/shm/images",
        S3LABEL_ALLOWED_HOSTS="labels.example.org, 127.0.0.1, [::1]",
        S3LABEL_TRUSTED_ORIGINS="https://labels.example.org",
        S3LABEL_HTTPS="1",
        S3LABEL_TIME_ZONE="Africa/Johannesburg",
    )
    assert answer.returncode == 0, answer.stderr
