"""Whether a deployment works: the checks behind /readyz and `diaba doctor`."""

from app.health.views import health

BLUEPRINTS = (health,)
