"""What a file of addresses would do, row by row, before anything is done."""

import datetime as dt
import re
from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Organization
from newsletters.addresses import clean_address, fingerprints_of
from newsletters.importing.columns import COLUMN_OF_FIELD, SubscriberTable
from newsletters.models import Newsletter, Readership, Subscriber, Subscription, Suppression
from platform_portal.japanese.calendar import format_wareki
from platform_portal.sheets import values
from platform_portal.sheets.checking import stray_cells
from platform_portal.sheets.planning import Plan, PlannedRow, Problem
from platform_portal.sheets.progress import Report, counted, unreported
from platform_portal.sheets.reading import Row

SubscriberPlan = Plan[PlannedRow]
LONGEST_PROOF = 300
LONGEST_CELL = 2_000  # more of them is looked at by nobody
BATCH = 5_000


def make_plan(*, table: SubscriberTable, lock: bool = False, report: Report = unreported) -> SubscriberPlan:
    """Reads the database, writes nothing. With `lock` (inside a transaction) the known ones stay as they are."""
    planner = _Planner()
    rows = [planner.read(row, table) for row in counted(table.rows, report, begin=0, of=len(table.rows))]
    planner.fetch([row.after["address"] for row in rows if row.after.get("address")], lock=lock)
    for row in rows:
        planner.settle(row)
    return Plan(rows, table.kind)


class _Planner:
    """A handful of queries for each five thousand rows."""

    def __init__(self) -> None:
        self.newsletters = {_folded(each.name): each for each in Newsletter.objects.active()}
        self.organizations = dict(Organization.objects.active().values_list("public_id", "pk"))
        self.seen: dict[str, int] = {}
        self.known: dict[str, Subscriber] = {}
        self.current: dict[int, set[int]] = defaultdict(set)
        # The day on which a subscriber last ended a newsletter.
        self.ended: dict[tuple[int, int], dt.date] = {}
        # Few beside the addresses of a file; the fingerprints, for some have no address any more.
        self.suppressed = set(Suppression.objects.values_list("fingerprint", flat=True))
        self.active = set(self.organizations.values())
        self.today = timezone.localdate()

    # --- what a row says ------------------------------------------------------------------------
    def read(self, row: Row, table: SubscriberTable) -> PlannedRow:
        planned = PlannedRow(row.number, after={"newsletters": []})
        planned.problems += stray_cells(row, table.layout.named)
        cells = {}
        for field in COLUMN_OF_FIELD:
            cell = row.cell(table.layout.fields.get(field))
            if len(cell) > LONGEST_CELL:
                reason = _("長すぎます。%s文字までで書いてください。") % f"{LONGEST_CELL:,}"
                cells[field] = ""
                self._refuse(planned, field, cell[:100], reason)
                continue
            try:
                cells[field] = values.tidy(cell) if field != "address" else values.restore(cell)
            except ValidationError as error:
                cells[field] = ""
                self._refuse(planned, field, cell[:100], error)
        planned.title = cells["address"].strip()[:100]
        self._read_address(planned, cells["address"])
        if not any(problem.column == COLUMN_OF_FIELD["newsletters"].header for problem in planned.problems):
            self._read_newsletters(planned, cells["newsletters"])
        self._read_proof(planned, cells["proof"], cells["asked_on"])
        self._read_organization(planned, values.half(cells["organization"]))
        return planned

    def _read_address(self, planned: PlannedRow, text: str) -> None:
        try:
            address = clean_address(text)
        except ValidationError as error:
            self._refuse(planned, "address", text[:100], error)
            return
        if address in self.seen:
            reason = _("%s行目と同じアドレスです。どちらかの行を消してください。") % self.seen[address]
            self._refuse(planned, "address", address, reason)
        self.seen.setdefault(address, planned.number)
        planned.after["address"] = planned.title = address

    def _read_newsletters(self, planned: PlannedRow, text: str) -> None:
        names = [name.strip() for name in re.split(r"[;；\n]", text) if name.strip()]
        found = [self.newsletters.get(_folded(name)) for name in names]
        unknown = [name for name, newsletter in zip(names, found, strict=True) if newsletter is None]
        if not names or unknown:
            known = "、".join(each.name for each in self.newsletters.values()) or _("まだ1つも")
            reason = _("発行しているメルマガの名前を書いてください。いまあるのは: %s") % known
            self._refuse(planned, "newsletters", "、".join(unknown)[:100], reason)
        planned.after["newsletters"] = [each for each in found if each is not None]

    def _read_proof(self, planned: PlannedRow, text: str, day: str) -> None:
        if not text or len(text) > LONGEST_PROOF or "\n" in text:
            reason = _("同意の記録がどこにあるかを、1行、%s文字までで書いてください。") % LONGEST_PROOF
            self._refuse(planned, "proof", text[:100], reason)
        planned.after["proof"] = text
        try:
            asked_on = values.read_date(day)
            if asked_on is not None and not dt.date(1990, 1, 1) <= asked_on <= self.today:
                raise ValidationError(_("同意した日は、きょうまでの日を書いてください。"))
        except ValidationError as error:
            self._refuse(planned, "asked_on", day[:100], error)
            asked_on = None
        planned.after["asked_on"] = asked_on

    def _read_organization(self, planned: PlannedRow, text: str) -> None:
        if text and text not in self.organizations:
            self._refuse(planned, "organization", text[:100], _("加入中の会員団体の ID ではありません。"))
        planned.after["organization"] = self.organizations.get(text)

    # --- what it would do -----------------------------------------------------------------------
    def fetch(self, addresses: list[str], *, lock: bool) -> None:
        """In the order of their keys, so that two imports do not wait for each other."""
        for start in range(0, len(addresses), BATCH):
            rows = Subscriber.objects.filter(address__in=addresses[start : start + BATCH]).order_by("pk")
            self.known |= {row.address: row for row in (rows.select_for_update() if lock else rows)}
        keys = [row.pk for row in self.known.values()]
        for start in range(0, len(keys), BATCH):
            running = Subscription.objects.current().filter(subscriber__in=keys[start : start + BATCH])
            for subscriber, newsletter in running.values_list("subscriber", "newsletter"):
                self.current[subscriber].add(newsletter)
            left = Subscription.objects.ended_by_will().filter(subscriber__in=keys[start : start + BATCH])
            ends = left.order_by("ended_at").values_list("subscriber", "newsletter", "ended_at")
            for subscriber, newsletter, at in ends:
                self.ended[subscriber, newsletter] = timezone.localdate(at)

    def settle(self, planned: PlannedRow) -> None:
        address = planned.after.get("address", "")
        planned.target = self.known.get(address)
        planned.public_id = planned.target.public_id if planned.target else ""
        if address and not planned.problems and self.suppressed & set(fingerprints_of(address)):
            reason = _("配信を止めているアドレスなので、加えません。")
            planned.warnings.append(Problem(COLUMN_OF_FIELD["address"].header, address, reason))
            planned.after["is_suppressed"] = True
            return  # unchanged
        self._check_membership(planned)
        running = self.current[planned.target.pk] if planned.target else set()
        planned.after["begun"] = [
            each
            for each in planned.after["newsletters"]
            if each.pk not in running and not self._has_ended_since(planned, each)
        ]
        if planned.after["begun"]:
            words = "、".join(each.name for each in planned.after["begun"])
            planned.changes = [
                (COLUMN_OF_FIELD["newsletters"].header, "", words),
                (COLUMN_OF_FIELD["proof"].header, "", planned.after["proof"]),
            ]
        planned.settle()

    def _has_ended_since(self, planned: PlannedRow, newsletter: Newsletter) -> bool:
        """An old list does not bring back whoever has left since: only a consent of a later day does."""
        ended = self.ended.get((planned.target.pk, newsletter.pk)) if planned.target else None
        agreed = planned.after.get("asked_on")
        if ended is None or (agreed is not None and agreed > ended):
            return False
        reason = _("%(day)sに購読をやめています。そのあとの同意ではないので、加えません。") % {
            "day": format_wareki(ended)
        }
        header = COLUMN_OF_FIELD["newsletters"].header
        planned.warnings.append(Problem(header, newsletter.name, reason))
        return True

    def _check_membership(self, planned: PlannedRow) -> None:
        target = planned.target
        organization = planned.after["organization"] or (target.organization_id if target else None)
        if organization in self.active:
            return
        for each in planned.after["newsletters"]:
            if each.readership == Readership.MEMBERS:
                reason = _("会員団体だけのメルマガです。加入中の会員団体の ID を「団体ID」に書いてください。")
                self._refuse(planned, "newsletters", each.name, reason)

    @staticmethod
    def _refuse(planned: PlannedRow, field: str, value: str, reason: Any) -> None:
        words = " ".join(reason.messages) if isinstance(reason, ValidationError) else str(reason)
        planned.problems.append(Problem(COLUMN_OF_FIELD[field].header, value, words))


def _folded(name: str) -> str:
    return values.half(name).casefold()
