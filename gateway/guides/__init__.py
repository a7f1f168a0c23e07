"""Implementation guides as tables, compiled once: structure, usage, repeats, lengths, types, codes (SNIP types 1 and 2)."""
