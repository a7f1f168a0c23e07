"""Measure, never assert: `make bench` prints a table and writes build/bench.json, one flat object of figures."""
