"""How gunicorn serves the platform: gunicorn --config deploy/gunicorn.conf.py config.wsgi

Read from the environment, see env.example: BIND, WORKERS, THREADS, TIMEOUT, ACCESS_LOG.
"""

import os
import sys
from pathlib import Path

_root = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_root / "platform"), str(_root)]

from config import env  # noqa: E402

chdir = str(_root)

bind = env.text("BIND", "127.0.0.1:8000")
workers = env.number("WORKERS", 2 * (os.cpu_count() or 1) + 1, least=1, most=256)
worker_class = "gthread"
threads = env.number("THREADS", 4, least=1, most=256)
timeout = env.number("TIMEOUT", 60, least=1, most=3600)
graceful_timeout = 30
# Longer than the proxy's own 60 seconds, so that it is never the proxy that meets a closed connection.
keepalive = 75

# A worker is replaced now and then; the jitter keeps them from going all at once. Where long work goes on in the
# worker's own threads, replacing it would cut that work off.
_threads_do_long_work = env.choice("BACKGROUND", "thread", among=("thread", "worker")) == "thread"
max_requests = 0 if _threads_do_long_work else 5000
max_requests_jitter = 500
# Import once, share the memory. Database connections are opened after the fork, by each thread for itself.
preload_app = True

# gunicorn would open a control socket in the home folder of whoever starts it.
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

accesslog = "-" if env.flag("ACCESS_LOG", default=True) else None
# Who asked, as the proxy says; which sub-site; what; the answer, its bytes and its seconds.
access_log_format = '%({x-forwarded-for}i)s %(t)s %({host}i)s "%(r)s" %(s)s %(B)s %(L)s'
errorlog = "-"
loglevel = "info"
proc_name = "govsites"


def post_worker_init(worker):
    """Start the timer (scheduled publishing, retries) where no worker of its own does: after the fork, in each process."""
    if _threads_do_long_work:
        from tenants.tasks import timer

        timer.start(wake=True)
