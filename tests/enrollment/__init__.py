"""The enrollment gate: the decision table row by row, and what holds of it whatever the world."""
