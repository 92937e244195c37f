"""Changing the cadastre: operations, checks, changesets, and what was approved.

What an operation does knows no database and no request (`changes`, `operations`, `geometry_rules`);
`drafts`, `register` and `workflow` bring both together.
"""

from app.edits.api import changesets
from app.edits.views import edits

BLUEPRINTS = (changesets, edits)
