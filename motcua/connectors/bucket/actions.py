"""Files in a bucket, of Amazon's S3 or of a service that speaks as it does (MinIO, Ceph, the large hosts of Việt Nam).

Needs `requirements-s3.lock`; nothing imports this module unless `S3_BUCKET` names a bucket.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from motcua.lib.errors import ConnectorError

# A person waits meanwhile: alone, botocore would try five times for a minute each.
PATIENCE = Config(
    connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 2, "mode": "standard"}, signature_version="s3v4"
)


class Bucket(S3Storage):  # type: ignore[misc]  # the library has no types
    """ConnectorError for whatever goes wrong there; an object that is missing stays a FileNotFoundError."""

    def __init__(self, **options: Any) -> None:
        super().__init__(client_config=PATIENCE, file_overwrite=True, default_acl=None, **options)

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _told():
            opened = super()._open(name, mode)
            _fetched = opened.file  # now, not when the first bytes are on their way to somebody
            return opened

    def _save(self, name: str, content: IO[Any]) -> str:
        with _told():
            return str(super()._save(name, content))

    def exists(self, name: str) -> bool:
        with _told():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with _told():
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _told():
            folders, names = super().listdir(name)
            return folders, names


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        answer = error.response
        code, status = answer.get("Error", {}).get("Code", ""), answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
        raise ConnectorError(f"S3 {code or status}", permanent=status in (401, 403, 404)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise ConnectorError(f"S3 {type(error).__name__}") from error
