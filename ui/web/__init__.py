"""Floor 6: a recording as one page to watch in a browser."""
