"""From items to pages (迁移入库): load, pictures and files, links in a second pass, rollback. A later run moves what changed."""
