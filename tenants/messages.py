"""Messages (提示语) of the modules that know no Django: marked here, translated where they are shown."""


def _(message: str) -> str:
    """Return the message as it is; the name marks it for the catalogue."""
    return message
