"""All tables that are not layers, gathered so that migrations see them."""

from app.accounts import models as accounts
from app.audit import models as audit
from app.edits import models as edits
from app.features import models as features
from app.land import models as land

__all__ = ["accounts", "audit", "edits", "features", "land"]
