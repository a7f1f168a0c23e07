"""What tests, demonstrations and benchmarks share. Nothing in the running service imports it."""
