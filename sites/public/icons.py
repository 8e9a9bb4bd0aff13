"""Line icons on a 24 by 24 grid; a page carries only the ones it shows."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

SHAPES = {
    "apply": '<path d="M19 10V3H5v18h7M9 8h6M9 12h3M13 21v-2.5L19 12.5l2.5 2.5-6 6z"/>',
    "bug": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5 21 21M10.5 7.2v4M10.5 13.6v.1"/>',
    "care": '<path d="M12 20S4 15 4 9.2A4.2 4.2 0 0 1 12 7.4a4.2 4.2 0 0 1 8 1.8C20 15 12 20 12 20z"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "company": '<path d="M2.5 21h19M4 21V5h10v16M14 10h6v11M7.5 9h3M7.5 13h3M7.5 17h3M17 14v.1M17 17.5v.1"/>',
    "compass": '<circle cx="12" cy="12" r="9"/><path d="m15.5 8.5-2 5-5 2 2-5z"/>',
    "doc": '<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>',
    "down": '<path d="m5 9 7 7 7-7"/>',
    "get": '<path d="M12 4v11M8 11.5l4 4 4-4M5 20h14"/>',
    "home": '<path d="m3 11 9-8 9 8M5.5 9.5V21h13V9.5M10 21v-6h4v6"/>',
    "invest": '<path d="M4 20.5h16M6.5 17v-4M11.5 17V9.5M16.5 17v-6M5 8.5l5-4 4 3 5.5-4"/>',
    "left": '<path d="m15 5-7 7 7 7"/>',
    "mail": '<path d="M3 5h18v14H3zM3 7l9 6 9-6"/>',
    "mark": '<path d="M12 3 4 6v6c0 4.5 3.2 7.6 8 9 4.8-1.4 8-4.5 8-9V6zM8.5 12l2.5 2.5 4.5-5"/>',
    "money": '<circle cx="12" cy="12" r="9"/><path d="m8.5 7 3.5 5 3.5-5M12 12v5.5M9 13h6M9 15.5h6"/>',
    "net": (
        '<circle cx="5" cy="18" r="2"/><circle cx="19" cy="18" r="2"/><circle cx="12" cy="5.5" r="2.5"/><path d="M12 8v4M5 16v-4h14v4"/>'
    ),
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 21c.6-4.4 3.6-7 7.5-7s6.9 2.6 7.5 7"/>',
    "phone": (
        '<path d="M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z"/>'
    ),
    "pin": '<path d="M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>',
    "plan": '<path d="M4 5h16v16H4zM4 10h16M8 3v4M16 3v4M8 14h3M8 17h6"/>',
    "read": '<path d="M12 6c-2-1.6-5-2-8-2v14c3 0 6 .4 8 2 2-1.6 5-2 8-2V4c-3 0-6 .4-8 2zM12 6v14"/>',
    "right": '<path d="m9 5 7 7-7 7"/>',
    "sites": '<path d="M3 21h18M5 21V8l7-5 7 5v13M9.5 21v-6h5v6M9.5 10.5h5"/>',
    "travel": '<path d="m2.5 19.5 6.5-11 4 6.5 2.5-4 6 8.5z"/><circle cx="17.5" cy="6" r="1.8"/>',
    "tray": '<path d="m3 13 3-8h12l3 8v6H3zM3 13h5l1.5 3h5l1.5-3h5"/>',
    "warn": '<path d="M12 4 3 20h18zM12 10v5M12 17.6v.1"/>',
}


@lru_cache(maxsize=128)
def symbols(names: frozenset[str]) -> SafeString:
    """Return the <symbol> elements of these icons, in a fixed order so that equal pages are equal bytes.

    Raises KeyError for a name that is not drawn.
    """
    parts = [f'<symbol id="i-{name}" viewBox="0 0 24 24">{SHAPES[name]}</symbol>' for name in sorted(names)]
    return mark_safe("".join(parts))  # constants of this module, nothing from outside
