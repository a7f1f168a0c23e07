"""What a person can ask and order: each command is a function over an open site that returns plain data.

The same functions answer at the command line, over the daemon's socket, and in the demonstration.
"""
