"""A disk on which there is room for ten bytes more."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.storage import default_storage


@contextmanager
def full_disk() -> Iterator[None]:
    """The system itself refuses to write on, so that a part of each file that is stored stays there."""
    save = default_storage.save

    def save_in_ten_bytes(*args: Any) -> str:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
        try:
            return save(*args)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(default_storage, "save", save_in_ten_bytes)
        yield
