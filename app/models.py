"""All tables that are not layers, gathered so that migrations see them."""

from app.accounts import models as accounts
from app.dossiers import models as dossiers
from app.features import models as features

__all__ = ["accounts", "dossiers", "features"]
