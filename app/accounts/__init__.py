"""People: accounts, roles and permissions, signing in, and what guards every request."""

from app.accounts.guard import init_guard as init_accounts
from app.accounts.views import accounts, people

BLUEPRINTS = (accounts, people)

__all__ = ["BLUEPRINTS", "init_accounts"]
