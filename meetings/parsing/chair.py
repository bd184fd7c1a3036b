"""Who takes the chair, where the record says so in a sentence: 山田部長を議長に議事を進行."""

from meetings.parsing.labels import SURE, Label, read_label, with_name
from meetings.parsing.source import squeeze

_CHAIRS = ("議長", "座長", "会長", "委員長", "部会長", "仮議長", "進行役", "司会")
_LINKS = ("を%sに", "を%sとし", "が%sとな", "が%sを務め", "が%sに就", "を%sに選")
_LONGEST = 24
_STOPS = "、。,. 　「」（）()"


class ChairFinder:
    def __init__(self, known: frozenset[str]) -> None:
        self._known = known
        self._chairs: dict[str, Label] = {}

    def listen(self, text: str) -> None:
        plain = squeeze(text[:2000])
        if "を" not in plain and "が" not in plain:
            return
        for role in _CHAIRS:
            for link in _LINKS:
                place = plain.find(link % role)
                if place > 0:
                    self._note(role, plain[max(0, place - _LONGEST) : place])

    def _note(self, role: str, before: str) -> None:
        for stop in _STOPS:
            before = before.rsplit(stop, 1)[-1]
        label = with_name(read_label(before), self._known)
        if label.strength == SURE and label.name:
            self._chairs.setdefault(role, label)

    def knows(self, role: str) -> bool:
        return role in self._chairs

    def named(self, label: Label) -> Label:
        """A label that is only a role, with the name of who was given that role."""
        chair = self._chairs.get(label.role)
        if chair is None or label.name:
            return label
        return label._replace(name=chair.name, organization=chair.organization)
