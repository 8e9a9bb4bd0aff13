"""Verification (测试): what was moved compared with what there was, as a report that a named person signs."""
