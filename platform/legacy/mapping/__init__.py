"""Mapping (栏目对应): where each old column's items go, proposed by the programme and decided by a person."""
