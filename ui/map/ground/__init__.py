"""The ground as a picture: fields from hexes, relief, water, lines, control; everything that is baked into chunks."""
