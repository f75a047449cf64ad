"""A container of Azure Blob Storage."""

import contextlib
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseTimeoutError,
)
from azure.storage.blob import (
    BlobSasPermissions,
    BlobServiceClient,
    ExponentialRetry,
    generate_blob_sas,
)
from storages.backends.azure_storage import AzureStorage

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

NAMES_IN_A_PAGE = 5000
BYTES_IN_A_REQUEST = 4 << 20


class _Storage(AzureStorage):
    """django-storages gives its client options only without a connection string."""

    def _get_service_client(self):
        if self.connection_string:
            return BlobServiceClient.from_connection_string(
                self.connection_string, **self.client_options
            )
        return super()._get_service_client()


class AzureBucket:
    def __init__(self, name, access, connections):
        self.name = name
        self.storage = _Storage(
            azure_container=name,
            account_name=access.account or None,
            account_key=access.key or None,
            connection_string=access.connection_string or None,
            max_memory_size=IN_MEMORY,
            timeout=READ_SECONDS,
            client_options={
                "connection_timeout": CONNECT_SECONDS,
                "read_timeout": READ_SECONDS,
                "retry_policy": ExponentialRetry(
                    initial_backoff=1,
                    increment_base=2,
                    retry_total=SENDS - 1,
                    random_jitter_range=1,
                ),
                # A redirect would carry our request to a server that nobody named.
                "permit_redirects": False,
                "max_single_get_size": BYTES_IN_A_REQUEST,
                "max_chunk_get_size": BYTES_IN_A_REQUEST,
            },
        )
        try:
            self.client = self.storage.client
        except ValueError as problem:
            raise StorageAway("its credentials make no sense (docs/storage.md)") from problem

    def list(self, prefix, *, after="", flat=False):
        """What is stored below a prefix, in the order of the names, after a name."""
        for blob in self._blobs(prefix, flat):
            # The service cannot begin at a name, but it lists 5,000 of them at a time.
            if "etag" in blob and blob.name > after:
                etag = (blob.etag or "").strip('"')
                yield Stored(blob.name, blob.size, etag, mtime_ns_of(blob.last_modified))

    def folders(self, prefix):
        """Prefixes of one level below a prefix."""
        return (blob.name for blob in self._blobs(prefix, True) if "etag" not in blob)

    def _blobs(self, prefix, flat):
        """Blobs, and with flat, prefixes; after a fault it goes on at the page that failed."""
        token, tries = None, 0
        while True:
            ask = self.client.walk_blobs if flat else self.client.list_blobs
            more = {} if flat else {"results_per_page": NAMES_IN_A_PAGE}
            try:
                with translated():
                    pages = ask(name_starts_with=prefix or None, **more).by_page(token)
                    for page in pages:
                        yield from list(page)
                        token, tries = pages.continuation_token, 0
                return
            except Trouble as problem:
                tries += 1
                if tries == TRIES:
                    raise StorageAway(f"listing it fails: {problem}") from problem
                wait(tries)
            except CannotOpen as problem:
                raise StorageAway(f"listing it fails: {problem}") from problem

    def open(self, key, etag="", first=0):
        """A stream of a blob, from a byte on; raises in words."""
        asked = {"offset": first} if first else {}
        if etag:
            asked |= {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified}
        with translated():
            return _Stream(self.client.download_blob(key, max_concurrency=1, **asked))

    def about(self, key):
        """What the storage says of a blob, without sending it; raises in words."""
        with translated():
            found = self.client.get_blob_client(key).get_blob_properties()
        etag = (found.etag or "").strip('"')
        return Stored(key, found.size, etag, mtime_ns_of(found.last_modified))

    def answers(self, prefix=""):
        """Whether the storage can be asked for anything at all."""
        try:
            with translated():
                pages = self.client.list_blobs(
                    name_starts_with=prefix or None, results_per_page=1
                ).by_page()
                next(pages, None)
        except (CannotOpen, Trouble, StorageAway):
            return False
        return True

    def signed_url(self, key, content_type, seconds):
        until = datetime.now(timezone.utc) + timedelta(seconds=seconds)  # noqa: UP017
        signature = generate_blob_sas(
            self.storage.account_name,
            self.name,
            key,
            account_key=self.storage.account_key,
            permission=BlobSasPermissions(read=True),
            expiry=until,
            content_type=content_type,
        )
        return f"{self.client.get_blob_client(key).url}?{signature}"


class _Stream(Stream):
    """Asked for some megabytes at a time, so no connection waits."""

    def __init__(self, answer):
        about = answer.properties
        super().__init__(about.etag, about.size, about.content_range)
        self.answer = answer

    def read(self, size=None):
        with translated():
            return self.answer.read(-1 if size is None else size)


@contextlib.contextmanager
def translated():
    try:
        yield
    except HttpResponseError as problem:
        raise _in_words(problem) from problem
    except ServiceResponseTimeoutError as problem:
        raise Trouble("the storage did not answer in time") from problem
    except ServiceRequestError as problem:
        raise StorageAway("nothing answers at its address") from problem
    except (AzureError, ConnectionError, TimeoutError) as problem:
        raise Trouble("the storage broke the connection off") from problem


def _in_words(problem):
    """The exception that says what an answer means."""
    code, status = _code_of(problem), problem.status_code or 0
    if code in ("ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled"):
        return StorageAway("there is no such container")
    if code == "BlobArchived" or code == "BlobBeingRehydrated":
        return CannotOpen(ARCHIVED)
    if _is_about_us(problem, code):
        until = _end_of_sas(problem)
        if until and until < datetime.now(timezone.utc).isoformat():  # noqa: UP017
            return StorageAway(f"its SAS ran out ({until}); set a new one")
        return StorageAway(f"the storage refuses the credentials ({code or status})")
    return answer_in_words(status)


def _code_of(problem):
    """What the service calls it; of some words the SDK makes an Enum, which prints otherwise."""
    code = getattr(problem, "error_code", None) or ""
    return str(getattr(code, "value", code))


def _is_about_us(problem, code):
    """Whether a refusal is of whoever asks, not of one blob."""
    is_refusal = isinstance(problem, ClientAuthenticationError) or code == "AuthorizationFailure"
    return is_refusal and code != "AuthorizationPermissionMismatch"


def _end_of_sas(problem):
    """When the shared access signature of a request ends, as ISO says it; "" without one."""
    request = getattr(problem.response, "request", None)
    query = parse_qs(urlsplit(request.url).query) if request else {}
    return query.get("se", [""])[0]
