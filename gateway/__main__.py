"""The `gateway` command begins here; `python -m gateway` is the same. Until all of it is loaded, Ctrl-C just ends it."""

import signal


def main() -> None:
    """Load the command and run it."""
    heard = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gateway.cli.main import main as command

    signal.signal(signal.SIGINT, heard)
    command()


if __name__ == "__main__":
    main()
