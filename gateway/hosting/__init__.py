"""Python plugins, each in processes of its own: what one of them does wrong stops that one alone."""
