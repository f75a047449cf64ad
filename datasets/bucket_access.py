"""What it takes to reach the buckets of a deployment; settings.BUCKET_ACCESS, by scheme."""

from typing import NamedTuple

S3, AZURE = "s3", "az"


class S3Access(NamedTuple):
    endpoint: str = ""  # empty: Amazon's own
    region: str = "us-east-1"
    access_key: str = ""  # empty: as the SDK finds them, such as the role of the machine
    secret_key: str = ""
    session_token: str = ""

    def __repr__(self):
        return f"S3Access({self.endpoint or 'Amazon'}, {self.region})"


class AzureAccess(NamedTuple):
    connection_string: str = ""  # or the two below
    account: str = ""
    key: str = ""

    def __repr__(self):
        return f"AzureAccess({self.account or 'by connection string'})"
