"""Builds a theatre's hex data from source packages and hand-written geography (see scenarios/theatres/README.md)."""
