"""The demonstration: a whole site with simulated payers, from nothing to claims that are sent, held and rejected."""
