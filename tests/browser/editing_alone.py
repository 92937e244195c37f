"""The application with changesets that no dossier and no rights have a say in, for tests of the editor alone."""

from app import create_app
from app.edits.case import ALONE

app = create_app()
app.extensions["case"] = ALONE
