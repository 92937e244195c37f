"""The description of the API for programs: OpenAPI, made from routes and declarations."""

from app.openapi.views import openapi

BLUEPRINTS = (openapi,)
