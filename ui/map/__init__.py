"""The map window: a staff map in a dark frame, for replay and for play. It keeps no state of the war."""
