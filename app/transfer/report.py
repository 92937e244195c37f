"""The report of an import: a folder with `report.json` and `rejected.csv`, and the lines that are printed."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from app.transfer.load import RejectedRow, Report
from app.transfer.sentences import NOTES, REASONS
from layers.crs import LegalCRS
from layers.layer import N_

Say = Callable[..., str]
"""Says a message (a Vietnamese source, with values for its braces) in the language of the reader."""

COLUMNS = ("file", "row", "code", "reason", "north", "east", "longitude", "latitude")
_SHOWN = 12

READ = N_("Đọc {read} dòng = nhận {accepted} + không nhận {rejected}.")
REASON = N_("{count} × {code}: {reason} (dòng {row} của {file})")
REPLACED = N_("Đã thay {count} đối tượng cũ; chúng còn trong lịch sử.")
OVERLAPS = N_("Có {count} cặp chồng lấn. Chúng được nhận và ghi vào lớp coverage_defect để xem trên bản đồ.")
EXTENT = N_("Phạm vi: {legal} (E, N); {wgs84} (kinh độ, vĩ độ).")


class ReportFolder:
    """Where an import writes what it did not take. Rejected rows are written as they come, however many."""

    def __init__(self, path: Path, legal: LegalCRS, say: Say) -> None:
        path.mkdir(parents=True)
        self.path = path
        self._legal = legal
        self._say = say
        # Excel takes a file for UTF-8 only with this mark at its beginning.
        self._file = (path / "rejected.csv").open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(COLUMNS)

    def reject(self, rejected: RejectedRow) -> None:
        """Write one row that stays out, with the place where its shape is wrong."""
        problem = rejected.problem
        place: tuple[object, ...] = ("", "", "", "")
        if problem.place:
            lon, lat = self._legal.to_wgs84(*problem.place)
            east, north = problem.place
            place = (f"{north:.3f}", f"{east:.3f}", f"{lon:.8f}", f"{lat:.8f}")
        reason = self._say(REASONS[problem.code], **problem.values)
        self._rows.writerow((_harmless(rejected.file), rejected.row, problem.code, _harmless(reason), *place))

    def finish(self, report: Report, **about: object) -> None:
        """Write the summary; `about` is what the command knows beside it."""
        self._file.close()
        content = {**about, **summary(report, self._legal, self._say)}
        text = json.dumps(content, ensure_ascii=False, indent=2, default=str)
        (self.path / "report.json").write_text(f"{text}\n", encoding="utf-8")

    def lines(self, report: Report) -> Iterator[str]:
        """The report as it is printed."""
        yield self._say(READ, read=report.read, accepted=report.accepted, rejected=report.rejected)
        for code, count in report.reasons.most_common():
            first = report.examples[code]
            reason = self._say(REASONS[code], **first.problem.values)
            values = {"count": count, "code": code, "reason": reason, "row": first.row, "file": first.file}
            yield f"  {self._say(REASON, **values)}"
        if report.replaced:
            yield self._say(REPLACED, count=report.replaced)
        if report.overlaps:
            yield self._say(OVERLAPS, count=report.overlaps)
        yield from notes(report, self._say)
        if report.bounds:
            west, south, east, north = report.bounds
            corners = (*self._legal.to_wgs84(west, south), *self._legal.to_wgs84(east, north))
            yield self._say(
                EXTENT,
                legal=" ".join(f"{number:.1f}" for number in report.bounds),
                wgs84=" ".join(f"{number:.6f}" for number in corners),
            )

    def discard(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        shutil.rmtree(self.path)


def _harmless(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def summary(report: Report, legal: LegalCRS, say: Say) -> dict[str, object]:
    """The report as JSON has it; its keys are those of `Report`."""
    return {
        "read": report.read,
        "accepted": report.accepted,
        "rejected": report.rejected,
        "reasons": dict(report.reasons.most_common()),
        "replaced": report.replaced,
        "overlaps": report.overlaps,
        "notes": list(notes(report, say)),
        "bounds": report.bounds,
        "crs": legal.code,
        "files": {
            name: {
                "format": one.format,
                "crs": one.crs,
                "declared_crs": one.declared_crs,
                "encoding": one.encoding,
                "columns_unused": one.unused,
            }
            for name, one in report.files.items()
        },
        "peak_memory_mb": report.peak_memory // 1024**2,
    }


def notes(report: Report, say: Say) -> Iterator[str]:
    """What a person should know though no row was lost by it."""
    for name, one in report.files.items():
        if one.declared_crs and one.declared_crs != one.crs:
            yield say(NOTES["crs_overridden"], name=name, declared=one.declared_crs, used=one.crs)
        if one.encoding_ignored:
            yield say(NOTES["encoding_not_needed"], name=name)
        if one.unused:
            yield say(NOTES["columns_unused"], name=name, columns=_listed(one.unused))
    for code, count in report.notes.items():
        if count:
            yield say(NOTES[code], count=count)
    for field in dict.fromkeys(field for field, _ in report.emptied):
        values = {value: n for (name, value), n in report.emptied.most_common() if name == field}
        listed = _listed(tuple(f"{value} ({n})" for value, n in values.items()))
        yield say(NOTES["code_emptied"], count=sum(values.values()), field=field, values=listed)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words[:_SHOWN]) + (" …" if len(words) > _SHOWN else "")
