"""What becomes of rights when parcels turn into others: children take over what their parents had.

```
#   1: An 1/2, Bình 1/2          split      1 → 2, 3: both have An 1/2, Bình 1/2
#   4: An 1/1   5: An 1/1        merge      4, 5 → 6: An 1/1
#   7: An 1/1   8: Bình 1/1      merge      refused: whose is it, and how much?
```
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from sqlalchemy.orm import Session

from app.edits.changes import Change, Changes, Feature, Key
from app.edits.issues import Issue, Severity
from app.land.models import Asset, LandUse, Mortgage, OfParcel, Right, Statement, TermKind
from app.land.register import Held, change, correct, finish, held_by, lock, record_all
from layers.layer import N_

PARCEL = "parcel"
HOLDERS_DIFFER = N_(
    "Các thửa gộp không cùng người có quyền hoặc không cùng phần quyền. Làm thủ tục chuyển quyền trước."
)
USES_UNSAID = N_("Thửa gốc có nhiều loại đất. Ghi diện tích từng loại đất của mỗi thửa mới.")
USES_DIFFER = N_("Các thửa gộp khác loại đất, nguồn gốc hoặc thời hạn. Đăng ký chuyển mục đích cùng lúc.")

Parcels = tuple[Sequence[uuid.UUID], Sequence[uuid.UUID]]
"""Parents and children of one event."""


@dataclass(frozen=True)
class Use:
    """A use of a new parcel's land as the officer says it; what is not said is as the parent's."""

    code: str
    area: Decimal
    origin: str | None = None
    until: date | None = None


@dataclass(frozen=True)
class Land:
    """What is known of new parcels: their areas in m², and their land uses where somebody said them."""

    areas: Mapping[uuid.UUID, Decimal] = field(default_factory=dict)
    uses: Mapping[uuid.UUID, Sequence[Use]] = field(default_factory=dict)

    @classmethod
    def of(cls, features: Iterable[Feature]) -> "Land":
        """What new parcels of a draft say of themselves."""
        listed = list(features)
        return cls(
            {one.id: legal_area(one) for one in listed},
            {one.id: uses for one in listed if (uses := said_uses(one))},
        )


def legal_area(feature: Feature) -> Decimal:
    """The area on paper, and where there is none yet the computed one, to 0.1 m²."""
    given = feature.attributes.get("legal_area")
    return Decimal(str(round(feature.geometry.area if given is None else float(given), 1)))


def said_uses(feature: Feature) -> list[Use]:
    """The land uses that a draft gives a parcel (see `app.edits.attributes.land_uses`)."""
    return [
        Use(
            code=one["code"],
            area=Decimal(str(one["area"])),
            origin=one.get("origin"),
            until=date.fromisoformat(one["until"]) if one.get("until") else None,
        )
        for one in feature.attributes.get("land_uses") or ()
    ]


def events_of(changes: Changes) -> list[Parcels]:
    """The parents and children among parcels, one pair for each event of the lineage."""
    found: list[Parcels] = []
    for event in changes.events():
        parents, children = (
            [key.id for key in side if key.layer == PARCEL] for side in (event.parents, event.children)
        )
        if parents and children:
            found.append((parents, children))
    return found


def apply(session: Session, changes: Changes, valid_from: date, source_id: uuid.UUID) -> tuple[Issue, ...]:
    """Let the register of rights follow an approved change of parcels. Issues that block: nothing is
    written, and the approval must not go on.

    New parcels have to be in their table already. Rights of a parcel that ends without a child end;
    land uses that a draft says of a parcel which stays replace those it had.
    """
    left = tuple(_left_behind(session, changes, valid_from))
    if left:
        return left
    found = carry_over(
        session, events_of(changes), valid_from, source_id=source_id, land=Land.of(_parcels(changes.made))
    )
    if any(one.severity is Severity.BLOCK for one in found):
        return found
    parents = {one.parent for one in changes.lineage}
    gone = [one.id for one in _parcels(changes.retired) if one.key not in parents]
    for held in open_from(session, gone, valid_from).values():
        _end_all(session, held.all, valid_from, source_id)
    # What is made from nothing has nobody's rights yet, but the uses that were said.
    children = {one.child for one in changes.lineage}
    news = [one for one in _parcels(changes.made) if one.key not in children and said_uses(one)]
    for feature in [*_respoken(changes), *news]:
        held = open_from(session, [feature.id], valid_from)[feature.id]
        made = _with_facts(said_uses(feature), held.uses, feature.id, valid_from, source_id)
        record_all(session, made)
        _follow_uses(session, held, made, valid_from, source_id)
        _end_all(session, held.uses, valid_from, source_id)
    return found


def carry_over(
    session: Session,
    events: Iterable[Parcels],
    valid_from: date,
    *,
    source_id: uuid.UUID,
    land: Land,
) -> tuple[Issue, ...]:
    """Give children what their parents had, from the day `valid_from`, when the parents' ends.

    Shares stay as they are. Mortgages go over to every child, without the consent that was given for
    this change. Holders of several parents must be the same with the same shares. When an issue
    blocks, nothing is written. `land` says how large every child is.
    """
    listed = list(events)
    parents = [parent for some, _ in listed for parent in some]
    lock(session, (one.id for held in open_from(session, parents, valid_from).values() for one in held.all))
    before = open_from(session, parents, valid_from)
    found = tuple(issue for event in listed for issue in _obstacles(event, before, land))
    if any(one.severity is Severity.BLOCK for one in found):
        return found
    for old, new in listed:
        mine = [before[parent] for parent in old]
        for child in new:
            record_all(session, list(_inheritance(mine, child, valid_from, source_id, land)))
        _end_all(session, (one for held in mine for one in held.all), valid_from, source_id)
    return found


def obstacles(session: Session, changes: Changes, on: date) -> Iterator[Issue]:
    """What stands against carrying over the rights of these changes."""
    events = events_of(changes)
    before = open_from(session, (one for parents, _ in events for one in parents), on)
    land = Land.of(_parcels(changes.made))
    for event in events:
        yield from _obstacles(event, before, land)
    yield from _left_behind(session, changes, on)


def _left_behind(session: Session, changes: Changes, on: date) -> Iterator[Issue]:
    """Shares of a use of which the parcel is to have none any more."""
    spoken = _respoken(changes)
    before = open_from(session, [one.id for one in spoken], on)
    for feature in spoken:
        held = before[feature.id]
        codes = {use.id: use.code for use in held.uses}
        left = {codes.get(one.land_use_id, "?") for one in held.rights if one.land_use_id}
        for code in sorted(left - {use.code for use in said_uses(feature)}):
            message = N_("Có người chỉ có quyền với phần đất {code} của thửa. Sửa phần quyền đó trước.")
            yield Issue(Severity.BLOCK, "use_areas", feature.key, None, message, {"code": code})


def open_from(session: Session, ids: Iterable[uuid.UUID], on: date) -> dict[uuid.UUID, Held]:
    """What is recorded of parcels for the day `on` or any day after it."""
    found = held_by(session, ids, as_of=None)
    for held in found.values():
        for name, listed in vars(held).items():
            setattr(held, name, [one for one in listed if one.valid_to is None or one.valid_to > on])
    return found


def _obstacles(event: Parcels, before: Mapping[uuid.UUID, Held], land: Land) -> Iterator[Issue]:
    parents, children = event
    mine = [before[parent] for parent in parents]
    if len({_holding(held) for held in mine}) > 1:
        yield Issue(Severity.BLOCK, "heirs", Key(PARCEL, children[0]), None, HOLDERS_DIFFER)
    uses = {_use_facts(use) for held in mine for use in held.uses}
    if len(uses) > 1 and len(parents) > 1 and not all(child in land.uses for child in children):
        yield Issue(Severity.REVIEW, "heirs", Key(PARCEL, children[0]), None, USES_DIFFER)
    if len(uses) > 1 and len(children) > 1:
        for child in children:
            if child not in land.uses:
                yield Issue(Severity.BLOCK, "use_areas", Key(PARCEL, child), None, USES_UNSAID)


Holding = frozenset[tuple[Any, ...]]


def _holding(held: Held) -> Holding:
    """Who has which share of what, comparable between parcels."""
    codes = {use.id: use.code for use in held.uses}
    sums: dict[tuple[Any, ...], Fraction] = {}
    for one in held.rights:
        key = (one.kind, one.party_id, codes.get(one.land_use_id) if one.land_use_id else None, one.valid_to)
        sums[key] = sums.get(key, Fraction()) + one.share
    return frozenset((*key, share) for key, share in sums.items())


def _use_facts(use: LandUse) -> tuple[Any, ...]:
    return (use.code, use.origin, use.form, use.term_kind, use.term_from, use.term_to)


def _inheritance(
    parents: Sequence[Held], child: uuid.UUID, valid_from: date, source_id: uuid.UUID, land: Land
) -> Iterator[OfParcel]:
    """What a child gets. Of statements that several parents share, one is enough."""
    before = [use for held in parents for use in held.uses]
    if child in land.uses:
        uses = _with_facts(land.uses[child], before, child, valid_from, source_id)
    else:
        uses = _joined(before, child, valid_from, source_id, land.areas[child])
    yield from uses
    after = {use.code: use.id for use in uses}
    codes = {use.id: use.code for use in before}
    for right in _rights(parents, child, codes, after):
        yield _heir(right, right.facts(), valid_from, source_id)
    seen: set[tuple[Any, ...]] = set()
    for one in (one for held in parents for one in held.all):
        if isinstance(one, LandUse | Right):
            continue
        facts = one.facts() | {"parcel_id": child}
        if isinstance(one, Mortgage):
            facts["consent_source_id"] = None
        # Of a mortgage, block or restriction of several parents one is enough; every asset is another.
        key = (type(one).__name__, one.id if isinstance(one, Asset) else None, one.valid_to, *facts.values())
        if key not in seen:
            yield _heir(one, facts, valid_from, source_id)
        seen.add(key)


def _rights(
    parents: Sequence[Held],
    child: uuid.UUID,
    codes: Mapping[uuid.UUID, str],
    after: Mapping[str, uuid.UUID],
) -> Iterator[Right]:
    """The rights of a child: those of its one parent, or of several the same holders with their shares,
    under the certificate where all have the same. It is not recorded; its days are the parent's.

    A share of a use that the child has nothing of does not go over.
    """
    joined: dict[tuple[Any, ...], Right] = {}
    for place, held in enumerate(parents):
        for one in held.rights:
            use = after.get(codes.get(one.land_use_id, "")) if one.land_use_id else None
            if one.land_use_id and use is None:
                continue
            apart = one.id if len(parents) == 1 else None
            key = (one.kind, one.party_id, use, one.valid_to, apart)
            share = one.share
            certificate = one.certificate_id
            if known := joined.get(key):
                share = known.share + (one.share if place == 0 else 0)
                certificate = certificate if certificate == known.certificate_id else None
            joined[key] = Right(
                parcel_id=child,
                kind=one.kind,
                party_id=one.party_id,
                share_numerator=share.numerator,
                share_denominator=share.denominator,
                certificate_id=certificate,
                land_use_id=use,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
    yield from joined.values()


def _heir(one: OfParcel, facts: Mapping[str, Any], valid_from: date, source_id: uuid.UUID) -> OfParcel:
    made: OfParcel = cast("Any", type(one))(
        **facts,
        id=uuid.uuid4(),
        valid_from=max(valid_from, one.valid_from),
        valid_to=one.valid_to,
        source_id=source_id,
    )
    return made


def _joined(
    before: Sequence[LandUse], child: uuid.UUID, valid_from: date, source_id: uuid.UUID, area: Decimal
) -> list[LandUse]:
    """The uses of a child as the parents had them: the one use on all of its area, or each use with the
    parents' areas together."""
    areas: dict[tuple[Any, ...], Decimal] = {}
    examples: dict[tuple[Any, ...], LandUse] = {}
    for use in before:
        key = _use_facts(use)
        areas[key] = areas.get(key, Decimal()) + use.area
        examples.setdefault(key, use)
    if len(areas) == 1:
        areas = dict.fromkeys(areas, area)
    main = max(areas, key=lambda key: areas[key], default=None)
    return [
        LandUse(
            **(examples[key].facts() | {"parcel_id": child, "area": size, "is_main": key == main}),
            id=uuid.uuid4(),
            valid_from=valid_from,
            source_id=source_id,
        )
        for key, size in areas.items()
    ]


def _with_facts(
    said: Sequence[Use], before: Sequence[LandUse], parcel: uuid.UUID, valid_from: date, source_id: uuid.UUID
) -> list[LandUse]:
    """Uses as somebody said them; origin, form and term of a code that was there before are kept."""
    known = {use.code: use for use in before}
    main = max(said, key=lambda use: use.area, default=None)
    made = []
    for use in said:
        old = known.get(use.code)
        facts = old.facts() if old else {"term_kind": TermKind.UNKNOWN.value}
        if use.until:
            facts |= {"term_kind": TermKind.UNTIL.value, "term_to": use.until}
        facts |= {"parcel_id": parcel, "code": use.code, "area": use.area, "is_main": use is main}
        if use.origin:
            facts["origin"] = use.origin
        made.append(LandUse(**facts, id=uuid.uuid4(), valid_from=valid_from, source_id=source_id))
    return made


def _follow_uses(
    session: Session, held: Held, after: Sequence[LandUse], on: date, source_id: uuid.UUID
) -> None:
    """Let shares of one use follow it from the day `on`."""
    codes = {use.id: use.code for use in held.uses}
    ids = {use.code: use.id for use in after}
    for right in held.rights:
        if right.land_use_id:
            new = ids[codes[right.land_use_id]]
            if right.valid_from < on:
                change(session, right, on, source_id, land_use_id=new)
            else:
                correct(session, right, source_id, land_use_id=new)


def _end_all(session: Session, rows: Iterable[Statement], on: date, source_id: uuid.UUID) -> None:
    for one in rows:
        finish(session, one, on, source_id)


def _parcels(features: Iterable[Feature]) -> list[Feature]:
    return [one for one in features if one.layer == PARCEL]


def _respoken(changes: Changes) -> list[Feature]:
    """Parcels that stay and whose land uses were said anew."""
    return [item.new for item in changes if item.new and item.old and _says_uses(item)]


def _says_uses(item: Change) -> bool:
    assert item.new is not None
    assert item.old is not None
    new, old = (one.attributes.get("land_uses") for one in (item.new, item.old))
    return item.layer == PARCEL and bool(new) and new != old
