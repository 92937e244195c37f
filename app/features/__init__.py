"""Reading what the layers hold: cards, lists, what is at a point, search, series, and their API."""

from app.features.views import features

BLUEPRINTS = (features,)
