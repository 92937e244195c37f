"""What was done, in append-only chains of hashes, so that a change afterwards shows."""
