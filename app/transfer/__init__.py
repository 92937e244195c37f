"""Getting data in: `diaba import`."""

from app.transfer.command import import_command

__all__ = ["import_command"]
