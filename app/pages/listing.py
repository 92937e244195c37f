"""A layer's features page by page, without a map."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.features.query import Found, features
from layers.layer import Layer
from tiles.scope import Scope

ON_A_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some features in the order of their integer ids; `next` continues after the last, None at the end."""

    features: Sequence[Found]
    next: int | None


def page_after(session: Session, scope: Scope, layer: Layer, after: int) -> Page:
    """The page that begins after this integer id. It costs the same wherever in the layer it lies."""
    some = features(
        session, scope, layer, "fid > :after ORDER BY fid LIMIT :limit", after=after, limit=ON_A_PAGE + 1
    )
    listed = some[:ON_A_PAGE]
    return Page(features=listed, next=listed[-1].fid if len(some) > ON_A_PAGE else None)
