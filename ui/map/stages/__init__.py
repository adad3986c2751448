"""Stages: what a window can be opened on. A live or recorded session, or the historical record."""
