"""Objects a second of an import from a bucket, against only reading them with the SDK.

    [DATABASE_URL=postgresql://…] .venv/bin/python bench/bucket_bench.py [OBJECTS]

Makes OBJECTS (4,000) JPEGs of about 80 KB in a folder that rclone serves as a bucket on
loopback. The reference lists the bucket and reads every object with boto3 in as many
threads as the import has connections, and does nothing with them. Then the bucket is
imported into an empty database of its own (test_…, dropped at the end), and once more,
unchanged. Both halves are repeated, in turns, and the best of each counts.
"""

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")

import django  # noqa: E402

django.setup()

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from django.conf import settings  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from import_bench import make_files  # noqa: E402

from datasets.bucket_access import S3Access  # noqa: E402
from datasets.importing import summary  # noqa: E402
from datasets.models import Dataset, FolderImport  # noqa: E402
from datasets.tests.buckets.servers import KEY, SECRET, free_port, running  # noqa: E402

ROUNDS = 3


def read_with_sdk(access, threads):
    """Objects a second."""
    client = boto3.client(
        "s3",
        endpoint_url=access.endpoint,
        region_name=access.region,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(max_pool_connections=threads, s3={"addressing_style": "path"}),
    )

    def read(key):
        return len(client.get_object(Bucket="images", Key=key)["Body"].read())

    began = time.monotonic()
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="images")
    keys = (found["Key"] for page in pages for found in page["Contents"])
    with ThreadPoolExecutor(threads) as pool:
        count = sum(1 for _ in pool.map(read, keys))
    return count / (time.monotonic() - began)


def run_import(dataset):
    """Objects a second, and what came of it."""
    began = time.monotonic()
    job = FolderImport.objects.create(dataset=dataset, folder="s3://images", unattended=True)
    job.run()
    if job.error:
        sys.exit(job.error)
    return job.done / (time.monotonic() - began), summary(job)


def measure(access):
    sdk, cold, again = [], [], []
    for number in range(ROUNDS):
        sdk.append(read_with_sdk(access, settings.BUCKET_CONNECTIONS))
        dataset = Dataset.objects.create(site=f"Bench {number}", sensor="rclone")
        speed, result = run_import(dataset)
        cold.append(speed)
        speed, second = run_import(dataset)
        again.append(speed)
        print(
            f"SDK {sdk[-1]:,.0f}/s, import {cold[-1]:,.0f}/s, unchanged {again[-1]:,.0f}/s; "
            f"{result['imported']:,} imported, {result['duplicate']:,} duplicates, "
            f"{second['known']:,} known"
        )
    print(f"best of {ROUNDS}: ratio {max(cold) / max(sdk):.2f}, unchanged {max(again):,.0f}/s")


def main(count):
    port = free_port()
    access = S3Access(f"http://127.0.0.1:{port}", "us-east-1", KEY, SECRET)
    settings.IMAGE_ROOTS = ["s3://images"]
    settings.BUCKET_ACCESS = {"s3": access}
    rclone = Path(sys.executable).with_name("rclone")
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        images.mkdir()
        make_files(count, images)
        command = [rclone, "serve", "s3", "--config", "", "--addr", f"127.0.0.1:{port}"]
        command += ["--auth-key", f"{KEY},{SECRET}", "--vfs-cache-mode", "off", folder]
        with running(command, port):
            databases = setup_databases(verbosity=0, interactive=False)
            try:
                measure(access)
            finally:
                teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
