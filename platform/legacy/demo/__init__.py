"""A small old site of our own (示例旧站), in the shape of many real ones, and its move in front of the reader."""
