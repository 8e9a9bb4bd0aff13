"""Pictures and files: a shelf per tenant, quotas, what is unused."""
