"""Marks that move over the ground: counters, badges, arrows, names, selection."""
