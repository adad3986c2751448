"""What people touch: the command line, the map window, the web replay. Nothing below imports it."""
