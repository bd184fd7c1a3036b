"""Short public ids: stable, unguessable in order, easy to read aloud over the telephone."""

import secrets
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, models, router, transaction
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/i/l
LENGTH = 6
# With 50,000 ids in use one draw in 18,000 is taken; ten in a row never are.
_DRAWS = 10


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_public_id(text: str) -> bool:
    return len(text) == LENGTH and all(character in ALPHABET for character in text)


class PublicIdModel(models.Model):
    """Has a `public_id`. A drawn id that is taken is drawn again; one that somebody chose is refused as usual.

    `bulk_create` asks nobody: give its objects ids from `draw_public_ids`.
    """

    public_id = models.CharField(
        _("ID"), max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._drawn_id = "" if args or "public_id" in kwargs else self.public_id

    def save(self, **options: Any) -> None:
        if not self._is_drawn:
            super().save(**options)
            return
        using = options.get("using") or router.db_for_write(type(self), instance=self)
        for _draw in range(_DRAWS):
            try:
                with transaction.atomic(using=using):
                    super().save(**options)
            except IntegrityError:
                if not type(self)._base_manager.using(using).filter(public_id=self.public_id).exists():
                    raise
            else:
                return
            self.public_id = self._drawn_id = new_public_id()
        raise RuntimeError(f"No free public id for {self._meta.label} after {_DRAWS} draws")

    @property
    def _is_drawn(self) -> bool:
        return self._state.adding and bool(self._drawn_id) and self.public_id == self._drawn_id

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """A person cannot mend a drawn id: `save` does."""
        super().validate_unique({*(exclude or ()), "public_id"} if self._is_drawn else exclude)

    @classmethod
    def draw_public_ids(cls, count: int, apart_from: Collection[str] = ()) -> list[str]:
        """`count` different ids that no row has, none of them in `apart_from`."""
        free: set[str] = set()
        while len(free) < count:
            drawn = {new_public_id() for _each in range(count - len(free))} - set(apart_from)
            free |= drawn - set(
                cls._base_manager.filter(public_id__in=drawn).values_list("public_id", flat=True)
            )
        return list(free)


class PublicIdConverter:
    """URL converter `<public_id:…>`."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


# Here and not beside the addresses: modules that hold some are imported before `platform_portal.urls` is through.
register_converter(PublicIdConverter, "public_id")
