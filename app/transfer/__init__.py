"""Getting data in: `diaba import`."""
