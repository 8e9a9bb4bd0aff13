"""Background tasks that survive (后台任务): what a killed process left half done is taken up again, once per attempt.

A task is a django-tasks task in the database's queue. `durable` says how often it may be tried; `once` enqueues it
under a key, so that asking twice makes one. A running task holds a lease, which its process renews; when the lease has
run out, the process is taken for dead. A task may therefore be begun more than once: it must find out what it has
already done.
"""

from tenants.tasks.keys import once
from tenants.tasks.policy import durable

__all__ = ["durable", "once"]
