"""A bucket that speaks S3: Amazon's, or one of our own such as MinIO or rclone.

The words for what goes wrong are ours. Nothing of an answer's body is shown: it may come
from another server than one thinks.
"""

import contextlib
from datetime import datetime

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)
from botocore.utils import parse_timestamp
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from datasets.inspecting import ChangedMeanwhile
from datasets.objects import (
    ARCHIVED,
    CONNECT_SECONDS,
    IN_MEMORY,
    READ_SECONDS,
    SENDS,
    TRIES,
    Stored,
    Stream,
    Trouble,
    answer_in_words,
    mtime_ns_of,
    wait,
)
from datasets.opening import CannotOpen
from datasets.walking import StorageAway

# What the storage says of whoever asks, not of one object.
REFUSALS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "TokenRefreshRequired",
    "RequestTimeTooSkewed",
    "AuthorizationHeaderMalformed",
}


class _Storage(S3Storage):
    """The SDK would spend two thirds of a listing on the times in it."""

    def _create_session(self):
        core = botocore.session.Session()
        parsers = core.get_component("response_parser_factory")
        parsers.set_parser_defaults(timestamp_parser=_moment)
        return boto3.Session(
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            aws_session_token=self.security_token,
            botocore_session=core,
        )


def _moment(text):
    is_iso = isinstance(text, str) and text[10:11] == "T"
    return datetime.fromisoformat(text) if is_iso else parse_timestamp(text)


class S3Bucket:
    def __init__(self, name, access, connections):
        self.name = name
        own = bool(access.endpoint)
        self.storage = _Storage(
            bucket_name=name,
            access_key=access.access_key or None,
            secret_key=access.secret_key or None,
            security_token=access.session_token or None,
            region_name=access.region,
            endpoint_url=access.endpoint or None,
            max_memory_size=IN_MEMORY,
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if own else "auto"},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                # Waits between 0 and 1, 2, 4 … s, also when it is told to slow down.
                retries={"mode": "standard", "total_max_attempts": SENDS},
                max_pool_connections=connections,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        # Threads may share a client, and making one takes a third of a second.
        with translated():
            self.client = self.storage.connection.meta.client

    def list(self, prefix, *, after="", flat=False):
        """What is stored below a prefix, in the order of the keys, after a key."""
        for page in self._pages(prefix, after, flat):
            for found in page.get("Contents", ()):
                etag = found.get("ETag", "").strip('"')
                yield Stored(found["Key"], found["Size"], etag, mtime_ns_of(found["LastModified"]))

    def folders(self, prefix):
        """Prefixes of one level below a prefix."""
        for page in self._pages(prefix, "", True):
            for found in page.get("CommonPrefixes", ()):
                yield found["Prefix"]

    def _pages(self, prefix, after, flat):
        """Pages of the listing; after a fault it goes on behind the last one that came."""
        asked = {"Bucket": self.name, "Prefix": prefix} | ({"Delimiter": "/"} if flat else {})
        tries = 0
        while True:
            pages = self.client.get_paginator("list_objects_v2").paginate(
                **asked, **({"StartAfter": after} if after else {})
            )
            try:
                with translated():
                    for page in pages:
                        yield page
                        tries = 0
                        keys = [found["Key"] for found in page.get("Contents", ())]
                        keys += [found["Prefix"] for found in page.get("CommonPrefixes", ())]
                        after = max([after, *keys])
                return
            except Trouble as problem:
                tries += 1
                if tries == TRIES:
                    raise StorageAway(f"listing it fails: {problem}") from problem
                wait(tries)
            except CannotOpen as problem:
                raise StorageAway(f"listing it fails: {problem}") from problem

    def open(self, key, etag="", first=0):
        """A stream of an object, from a byte on; raises in words."""
        asked = {"Bucket": self.name, "Key": key}
        if etag:
            asked["IfMatch"] = f'"{etag}"'
        if first:
            asked["Range"] = f"bytes={first}-"
        with translated():
            stream = _Stream(self.client.get_object(**asked), first)
        # Not every storage knows If-Match.
        if etag and stream.etag != etag:
            stream.close()
            raise ChangedMeanwhile
        return stream

    def about(self, key):
        """What the storage says of an object, without sending it; raises in words."""
        with translated():
            found = self.client.head_object(Bucket=self.name, Key=key)
        etag = found.get("ETag", "").strip('"')
        return Stored(key, found["ContentLength"], etag, mtime_ns_of(found.get("LastModified")))

    def answers(self, prefix=""):
        """Whether the storage can be asked for anything at all."""
        try:
            with translated():
                self.client.list_objects_v2(Bucket=self.name, Prefix=prefix, MaxKeys=1)
        except (CannotOpen, Trouble, StorageAway):
            return False
        return True

    def signed_url(self, key, content_type, seconds):
        asked = {"Bucket": self.name, "Key": key, "ResponseContentType": content_type}
        with translated():
            return self.client.generate_presigned_url("get_object", asked, ExpiresIn=seconds)


class _Stream(Stream):
    def __init__(self, answer, first):
        super().__init__(answer.get("ETag"), answer["ContentLength"], answer.get("ContentRange"))
        self.body = answer["Body"]
        if first and not self.is_part:
            # It sent everything instead of the rest.
            while first > 0 and (piece := self.read(min(first, 1 << 16))):
                first -= len(piece)

    def read(self, size=None):
        with translated():
            return self.body.read(size)

    def close(self):
        self.body.close()


@contextlib.contextmanager
def translated():
    try:
        yield
    except ClientError as problem:
        raise _in_words(problem) from problem
    except (EndpointConnectionError, ConnectTimeoutError) as problem:
        raise StorageAway("nothing answers at its address") from problem
    except NoCredentialsError as problem:
        raise StorageAway("there are no credentials (docs/storage.md)") from problem
    except (BotoCoreError, HTTPError, ConnectionError, TimeoutError) as problem:
        is_late = "Timeout" in type(problem).__name__
        words = "did not answer in time" if is_late else "broke the connection off"
        raise Trouble(f"the storage {words}") from problem


def _in_words(problem):
    """The exception that says what an answer means."""
    code = problem.response.get("Error", {}).get("Code", "")
    status = problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "NoSuchBucket":
        return StorageAway("there is no such bucket")
    if code in REFUSALS:
        return StorageAway(f"the storage refuses the credentials ({code})")
    if code == "InvalidObjectState":
        return CannotOpen(ARCHIVED)
    return answer_in_words(status)
