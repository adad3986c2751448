"""Panels round the map. Each has a signature, by which the window knows when to draw it again, and a draw method."""
