"""How buckets are reached, from the environment; never from a page, so nobody can point us
at a server inside the network (docs/storage.md)."""

import ipaddress
import os
import re
from urllib.parse import urlsplit

from datasets.bucket_access import AZURE, S3, AzureAccess, S3Access
from s3label_site.environment import BadSetting, env

# Hosts that hand out the credentials of the machine to whoever asks on it.
METADATA_NAMES = {"metadata.google.internal", "metadata", "instance-data"}
METADATA_ADDRESSES = [ipaddress.ip_network(net) for net in ("169.254.0.0/16", "fe80::/10")]
METADATA_ADDRESSES += [ipaddress.ip_network("fd00:ec2::254/128")]


def bucket_root(name, root):
    """A root s3://bucket/prefix or az://container/prefix, as it is written everywhere."""
    scheme, _, rest = root.partition("://")
    bucket, *parts = rest.rstrip("/").split("/")
    if scheme not in (S3, AZURE):
        raise BadSetting(f"{name} names {root}; write a folder, s3://bucket or az://container.")
    if not re.fullmatch(r"[A-Za-z0-9$][A-Za-z0-9._-]{1,62}", bucket):
        raise BadSetting(f"{name} names {root}; {bucket!r} is no name of a bucket.")
    if any(part in ("", ".", "..") for part in parts):
        raise BadSetting(f"{name} names {root}; no part of it may be empty, . or ..")
    return f"{scheme}://{'/'.join([bucket, *parts])}"


def bucket_access(roots):
    """{scheme: access}; what a root needs and is not there stops the start."""
    s3, azure = _s3(), _azure()
    if any(root.startswith("s3://") for root in roots) and s3.endpoint and not s3.access_key:
        raise BadSetting(
            "S3LABEL_S3_ENDPOINT_URL is set, but no key; set S3LABEL_S3_ACCESS_KEY and "
            "S3LABEL_S3_SECRET_KEY too."
        )
    has_azure = azure.connection_string or (azure.account and azure.key)
    if any(root.startswith("az://") for root in roots) and not has_azure:
        raise BadSetting(
            "S3LABEL_IMAGE_ROOTS names az://; set S3LABEL_AZURE_CONNECTION_STRING, or "
            "S3LABEL_AZURE_ACCOUNT and S3LABEL_AZURE_KEY."
        )
    return {S3: s3, AZURE: azure}


def _s3():
    given = S3Access(
        endpoint=endpoint("S3LABEL_S3_ENDPOINT_URL"),
        region=env.str("S3LABEL_S3_REGION", "us-east-1"),
        access_key=_either("S3LABEL_S3_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
        secret_key=_either("S3LABEL_S3_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"),
        session_token=_either("S3LABEL_S3_SESSION_TOKEN", "AWS_SESSION_TOKEN"),
    )
    if bool(given.access_key) != bool(given.secret_key):
        raise BadSetting(
            "S3LABEL_S3_ACCESS_KEY and S3LABEL_S3_SECRET_KEY belong together; one is missing."
        )
    if not re.fullmatch(r"[a-z0-9-]+", given.region):
        raise BadSetting(f"S3LABEL_S3_REGION={given.region!r} is no region; write eu-central-1.")
    return given


def _either(ours, amazons):
    return os.environ.get(ours) or os.environ.get(amazons) or ""


def _azure():
    given = AzureAccess(
        connection_string=env.str("S3LABEL_AZURE_CONNECTION_STRING", ""),
        account=env.str("S3LABEL_AZURE_ACCOUNT", ""),
        key=env.str("S3LABEL_AZURE_KEY", ""),
    )
    if given.connection_string:
        parts = _parts(given.connection_string)
        has_key = parts.get("AccountName") and parts.get("AccountKey")
        if not has_key and not (parts.get("BlobEndpoint") and parts.get("SharedAccessSignature")):
            raise BadSetting(
                "S3LABEL_AZURE_CONNECTION_STRING lacks AccountName or AccountKey; copy it from "
                "the portal, under Access keys or Shared access signature."
            )
        if "BlobEndpoint" in parts:
            _check_endpoint("S3LABEL_AZURE_CONNECTION_STRING", parts["BlobEndpoint"], path=True)
    if given.account and not re.fullmatch(r"[a-z0-9]{3,24}", given.account):
        raise BadSetting("S3LABEL_AZURE_ACCOUNT is no account; it has 3 to 24 letters and digits.")
    return given


def _parts(connection_string):
    return dict(part.split("=", 1) for part in connection_string.split(";") if "=" in part)


def endpoint(name):
    url = env.str(name, "").rstrip("/")
    if url:
        _check_endpoint(name, url)
    return url


def _check_endpoint(name, url, *, path=False):
    """An address of a storage, as opposed to one that gives secrets away."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = parts = None
    extras = parts and (
        parts.username or parts.query or parts.fragment or (parts.path and not path)
    )
    if not host or parts.scheme not in ("http", "https") or extras:
        raise BadSetting(f"{name} is no address; write it like https://storage.example.org:9000.")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        is_bad = host.lower().rstrip(".") in METADATA_NAMES
    else:
        address = getattr(address, "ipv4_mapped", None) or address
        is_bad = address.is_unspecified or any(
            address in net for net in METADATA_ADDRESSES if net.version == address.version
        )
    if is_bad:
        raise BadSetting(f"{name} names {host}, which is no storage; name the storage's address.")


def signed_origins(roots, access):
    """Where browsers are sent by signed URLs, for the Content-Security-Policy."""
    origins = set()
    for root in roots:
        scheme, _, rest = root.partition("://")
        if scheme == S3:
            origins |= _s3_origins(rest.split("/")[0], access[S3])
        elif scheme == AZURE:
            origins.add(_azure_origin(access[AZURE]))
    return sorted(origins)


def _s3_origins(bucket, access):
    if access.endpoint:
        return {access.endpoint}
    hosts = (f"{bucket}.s3.{access.region}", f"{bucket}.s3", f"s3.{access.region}")
    return {f"https://{host}.amazonaws.com" for host in hosts}


def _azure_origin(access):
    parts = _parts(access.connection_string)
    if not (access.key or parts.get("AccountKey")):
        raise BadSetting(
            "S3LABEL_SIGNED_URLS needs the key of the Azure account; a SAS cannot sign for others."
        )
    if "BlobEndpoint" in parts:
        url = urlsplit(parts["BlobEndpoint"])
        return f"{url.scheme}://{url.netloc}"
    account = access.account or parts["AccountName"]
    return f"https://{account}.blob.{parts.get('EndpointSuffix', 'core.windows.net')}"
