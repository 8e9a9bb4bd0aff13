"""Pieces of markup that run something somewhere, or break what reads them. Put together at random."""

HOSTILE = [
    "<script>alert(1)</script>", "<SCRIPT SRC=//evil>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<a href=javascript:alert(1)>", "<a href='java\tscript:alert(1)'>", "<iframe srcdoc='<script>'>", "<object data=x>",
    "<style></style><script>alert(1)</script>", "<style>@import 'x'</style", "<!--", "-->", "<!--><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<math><mtext></mtext><script>", "<body onload=alert(1)>",
    "<form action=x><input type=submit formaction=javascript:alert(1)>", "<meta http-equiv=refresh content=0;url=//evil>",
    "<link rel=import href=x>", "<base href=javascript:>", "<template><script>", "<textarea><script>", "\0", "&lt;script&gt;",
    "<div style='x:expression(alert(1))'>", "<table background=javascript:alert(1)>", "]]>", "<![CDATA[", "<title><script>",
    "公告", "<p>", "</p>", '"', "'", ">", "<",
]  # fmt: skip
