"""Short public ids: stable, unguessable in order, easy to read aloud over the telephone."""

import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, models, router, transaction
from django.db.models import lookups
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


if TYPE_CHECKING:
    _TextField = models.CharField[str, str]
else:
    _TextField = models.CharField  # knows no types when it runs


class PublicIdField(_TextField):
    """A text that `is_public_id`. Whoever asks for anything else finds nothing: PostgreSQL would refuse a NUL."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs  # the column is no other: no migration


@PublicIdField.register_lookup
class PublicIdExact(lookups.Exact):
    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        if isinstance(self.rhs, str) and not is_public_id(self.rhs):
            raise EmptyResultSet
        return super().as_sql(*args, **kwargs)


@PublicIdField.register_lookup
class PublicIdIn(lookups.In):
    def get_prep_lookup(self) -> Any:
        if self.rhs_is_direct_value():
            self.rhs = [each for each in self.rhs if not isinstance(each, str) or is_public_id(each)]
        return super().get_prep_lookup()


class PublicIdModel(models.Model):
    """Has a `public_id`. A drawn id that is taken is drawn again; one that somebody chose is refused as usual.

    `bulk_create` asks nobody: give its objects ids from `draw_public_ids`.
    """

    public_id = PublicIdField(_("ID"), max_length=LENGTH, unique=True, default=new_public_id, editable=False)

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
