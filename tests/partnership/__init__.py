"""What is declared, in plain words."""
