"""How a layer becomes a tile."""
