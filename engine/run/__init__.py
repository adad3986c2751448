"""Floor 4: the session. Submit, advance, rewind, branch, save."""
