"""A made-up piece of Bà Rịa – Vũng Tàu: its generator and the command that loads it."""

from app.demo.command import seed_command

__all__ = ["seed_command"]
