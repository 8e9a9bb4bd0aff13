"""The subcommands of `manage.py legacy`: one module each, with HELP, arguments(parser) and handle(options, out)."""
