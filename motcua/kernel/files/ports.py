"""Where bytes are kept is Django's storage interface. This is the local one; S3 comes from django-storages."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage


class LocalFolder(FileSystemStorage):
    """A file is whole and on the disk before it has its name: a crash leaves nothing half-written under any name."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name  # the name is the hash of the content: the same name is the same file

    def _save(self, name: str, content: IO[Any]) -> str:
        path = Path(self.path(name))
        with suppress(FileExistsError):
            Path(self.location).mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700)
            _to_disk(path.parent.parent)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mkstemp: mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                content.seek(0)
                while chunk := content.read(2**20):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        _to_disk(path.parent)
        return name


def _to_disk(folder: Path) -> None:
    """A new name is safe only when its folder is written as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
