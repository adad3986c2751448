"""Floor 1: the nouns. Scenario, theatre, world, orders, events, view, recording."""
