"""What was approved of an issue, and its stored files held against it."""

import hashlib
from typing import Any, cast

from newsletters.content import AttachedFile, Content, from_json
from newsletters.models import Issue


class ChangedFileError(Exception):
    """A file is gone or is not the one that was approved. Says which, for people."""


def approved_content_of(issue: Issue) -> Content:
    """Of an issue that is bound to it: approved, or anything after that."""
    return from_json(cast("dict[str, Any]", issue.content))


def read_attached(issue: Issue, content: Content) -> list[tuple[AttachedFile, bytes]]:
    """Every approved file with its bytes. Raises ChangedFileError; OSError when the storage is away."""
    stored = {attachment.public_id: attachment for attachment in issue.attachments.all()}
    found = []
    for approved in content.attachments:
        attachment = stored.get(approved.public_id)
        if attachment is None:
            raise ChangedFileError(approved.name)
        try:
            with attachment.file.open("rb") as file:
                data = file.read()
        except FileNotFoundError as error:
            raise ChangedFileError(approved.name) from error
        if hashlib.sha256(data).hexdigest() != approved.sha256:
            raise ChangedFileError(approved.name)
        found.append((approved, data))
    return found
