"""Pages that need no script: search, layers, features, parcels and help, readable as text and in print."""

from app.pages.views import pages

BLUEPRINTS = (pages,)
