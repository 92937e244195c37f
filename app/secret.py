"""The key that signs sessions: the one that is set, or one made once and kept beside the data."""

import os
import secrets
from contextlib import suppress

from config import Config


def key(config: Config) -> str:
    """The secret key of this deployment. Made at first use, readable by its owner only."""
    if config.secret_key:
        return config.secret_key
    path = config.var_dir / "secret_key"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        # Two processes that start at once must agree: the first link wins.
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()
