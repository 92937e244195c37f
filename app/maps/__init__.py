"""The map: tiles, TileJSON, styles, the catalogue for the viewer, and the viewer's page."""

from app.maps.views import maps

BLUEPRINTS = (maps,)
