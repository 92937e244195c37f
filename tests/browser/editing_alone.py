"""The application whose changesets no dossier and no rights have a say in, to test the editor alone."""

from app import create_app
from app.edits.case import ALONE

app = create_app()
app.extensions["case"] = ALONE
