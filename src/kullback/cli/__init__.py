"""The command line: one line for every error, and nothing heavy imported before it is needed."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that was typed; end with the exit code the design fixes."""
    import typer

    from kullback.cli.app import app
    from kullback.errors import KullbackError

    try:
        code = app(standalone_mode=False)
    except KullbackError as error:
        _say(str(error))
        code = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        _say("stopped")
        code = 130
    except typer.TyperException as error:
        _say(getattr(error, "format_message", error.__str__)())
        code = 2
    except BrokenPipeError:
        # Whoever read the output had enough of it.
        sys.stderr.close()
        code = 0
    except OSError as error:
        _say(f"{error.filename or 'a file'}: {error.strerror or error}")
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def _say(message: str) -> None:
    print(f"kullback: {' '.join(message.split())}", file=sys.stderr)
