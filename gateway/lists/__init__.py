"""Public lists: which columns of each the gate needs, what a row says, and what all lists together say of one NPI."""
