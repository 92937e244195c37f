"""The pages for reading, rendered on the server."""

from flask import Blueprint

pages = Blueprint("pages", __name__)
