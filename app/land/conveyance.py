"""Passing a right on: by sale, gift or inheritance, in exact shares.

```
An 1/2                    from 1 March 2026, half of it to Chi:
Bình 1/2                  An 1/4, Chi 1/4, Bình 1/2
```
"""

import uuid
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from app.errors import Unprocessable
from app.land.models import Right
from app.land.register import end, finish, record_all
from layers.layer import N_


def convey(
    session: Session,
    seen: Right,
    on: date,
    source_id: uuid.UUID,
    *,
    to: Mapping[uuid.UUID, Fraction],
    certificate_id: uuid.UUID | None = None,
) -> list[Right]:
    """End a right on the day `on` and give its share to the parties of `to`, of whom its holder may be
    one. The shares are of the parcel and together exactly what is passed on, else `Unprocessable`.

    `certificate_id` is the new certificate of all of them. `Conflict` when the right has changed.
    """
    total = sum(to.values(), Fraction())
    if total != seen.share or min(to.values(), default=Fraction()) <= 0:
        raise Unprocessable(
            "conveyance_sum",
            N_("Các phần chuyển cộng lại là {total}, phải đúng bằng phần quyền {share}."),
            total=str(total),
            share=str(seen.share),
        )
    until = seen.valid_to
    if seen.valid_from == on:
        finish(session, seen, on, source_id)  # bought and sold on one day
    else:
        end(session, seen, on, source_id)
    made = [
        Right(
            parcel_id=seen.parcel_id,
            kind=seen.kind,
            party_id=party,
            share_numerator=share.numerator,
            share_denominator=share.denominator,
            certificate_id=certificate_id,
            land_use_id=seen.land_use_id,
            valid_from=on,
            valid_to=until,
            source_id=source_id,
        )
        for party, share in to.items()
    ]
    record_all(session, made)
    return made
