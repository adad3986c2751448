"""Floor 1: the nouns. Scenario, theatre, world, directives, orders, events, view, commander."""
