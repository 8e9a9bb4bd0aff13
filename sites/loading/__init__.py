"""Writing items by the thousand: what an old site held, as adding and publishing each of them would have left it."""
