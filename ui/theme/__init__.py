"""How the window looks: colours, type, interface scale. No widget and no drawing of the map lives here."""
