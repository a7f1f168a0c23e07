"""What the daemon does, one loop a file: each asks the rules what to do, does it, and commits what it saw."""
