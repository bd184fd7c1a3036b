"""Keeps what people wrote or looked for out of the logs."""

import logging
import re
import traceback

# A link from a mail opens an account for whoever holds it.
_SECRET = re.compile(
    r"(/invitation/|/join/application/|/password/reset/key/|/confirm/|/meetings/calendar/|/meetings/invitations/"
    r"|/events/application/|/newsletters/choose/|/newsletters/leave/)[^\s/\"']+"
)
_QUERY = re.compile(r"\?[^\s\"']*")


class PrivacyFilter(logging.Filter):
    """Cuts query strings and mailed secrets from messages and drops the request object from the record.

    Of an error it keeps where it happened and of what class it is, not what it says: PostgreSQL names the address
    that is there already, Python the number that it could not read.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            errors = _chain(record.exc_info[1])
            for error in errors:
                message = _without_its_words(message, error)
            record.exc_text = "\n".join(_places(error) for error in reversed(errors))
            record.exc_info = None
        record.msg = _SECRET.sub(r"\1…", _QUERY.sub("?…", message))
        record.args = ()
        record.__dict__.pop("request", None)
        return True


def _chain(error: BaseException) -> list[BaseException]:
    """The error and those that led to it, the last one first."""
    errors: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in errors:
        errors.append(following)
        following = following.__cause__ or following.__context__
    return errors


def _without_its_words(message: str, error: BaseException) -> str:
    """Celery and others write an error into the message itself."""
    for words in (repr(error), str(error)):
        if words.strip():
            message = message.replace(words, type(error).__name__)
    return message


def _places(error: BaseException) -> str:
    lines = traceback.format_list(traceback.extract_tb(error.__traceback__))
    state = getattr(error, "sqlstate", None)
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return "".join(lines) + (f"{name} {state}" if state else name)
