"""Floor 0: hexes, paths, dice, clock, calendar, columns, arithmetic. There is no war in it."""
