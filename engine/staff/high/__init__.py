"""The high command: it gives directives to armies and their like, never orders to formations."""
