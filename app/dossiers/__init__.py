"""The case: who asked for what, with which papers, until when, and how it was decided."""

from app.dossiers.api import cases
from app.dossiers.views import dossiers, init_uploads

BLUEPRINTS = (dossiers, cases)

__all__ = ["BLUEPRINTS", "init_uploads"]
