"""Bad input raises nothing but Malformed: `make fuzz` tries a great many, within a second and ten times its size each."""
