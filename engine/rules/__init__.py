"""Floor 2: systems that decide (pure) and apply, the one writer."""
