"""The process of a crawl: reads its job from the first line of its input, answers in frames, ends when its input ends. Pure.

The reactor never lives in the platform's own processes: it can be started only once, and it never gives a thread back.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import BinaryIO

from legacy.sources.crawl_job import Job, write_frame


def settings_of(job: Job) -> dict[str, object]:
    """Return Scrapy's settings for a job. Redirects are followed by the spider, which knows circles when it sees them."""
    return {
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "TWISTED_DNS_RESOLVER": "legacy.sources.crawl_network.GuardedResolver",
        "ROBOTSTXT_OBEY": job.robots,
        "USER_AGENT": job.agent,
        "DOWNLOAD_DELAY": job.delay,
        "CONCURRENT_REQUESTS": job.parallel,
        "CONCURRENT_REQUESTS_PER_DOMAIN": job.parallel,
        "RETRY_TIMES": job.retries,
        "DOWNLOAD_TIMEOUT": job.timeout,
        "DOWNLOAD_MAXSIZE": job.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": False,
        "DOWNLOADER_CLIENT_TLS_CIPHERS": "DEFAULT:@SECLEVEL=0",  # old servers know nothing newer
        "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"},
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "HTTPPROXY_ENABLED": False,  # a proxy would connect where the guard cannot see it
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "LOG_ENABLED": False,
        "LOGSTATS_INTERVAL": 0,
        "STATS_DUMP": False,
        "JOBDIR": f"{job.work}/queue",  # what waits lies on disk
        "SCHEDULER_DISK_QUEUE": "scrapy.squeues.PickleFifoDiskQueue",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "URLLENGTH_LIMIT": 0,
    }


def run(job: Job, out: BinaryIO) -> None:
    """Crawl, and write frames until the end."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.reactor import install_reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    from legacy.sources.crawl_network import install
    from legacy.sources.crawl_spider import Spider
    from legacy.sources.guard import AddressGuard

    watch = install(reactor, AddressGuard(job.inner_hosts), job.connect)
    process = AsyncCrawlerProcess(settings_of(job), install_root_handler=False)
    crawler = process.create_crawler(Spider)
    process.crawl(crawler, job=job, watch=watch, out=out)
    process.start()
    stats = crawler.stats.get_stats() if crawler.stats else {}
    write_frame(
        out, {"type": "end", "reason": str(stats.get("finish_reason", "")), "errors": stats.get("log_count/ERROR", 0)}
    )


def _end_with_input() -> None:
    """Leave as soon as the input ends: whoever started the crawl is gone, even if it was killed."""
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    # Whatever prints goes to the errors; the frames have the output for themselves.
    out = os.fdopen(os.dup(1), "wb", buffering=1024 * 1024)
    os.dup2(2, 1)
    job = Job.load(sys.stdin.buffer.readline().decode())
    logging.basicConfig(level=logging.ERROR)
    threading.Thread(target=_end_with_input, daemon=True).start()
    run(job, out)


if __name__ == "__main__":
    main()
