"""What a declaration, an account and a route say, in plain words; nothing secret."""
