"""Changing the cadastre: changes, operations and checks, without a database and without a request."""
