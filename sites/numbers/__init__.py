"""Numbers (索引号, 文号): proposed by the region's pattern, unique in the tenant, never given twice."""
