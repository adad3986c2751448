"""Fonts and symbols shipped with the window, and the tools that remade them."""
