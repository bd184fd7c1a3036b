"""gunicorn: how many processes, how long a request may take, what the access log keeps."""

import os

bind = os.environ.get("PORTAL_BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# The code and the dictionaries are read once and shared by the workers.
preload_app = True
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
# Heartbeats on disk can stall a worker; memory cannot. gunicorn makes a file of its own there, unnamed.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  see above
# Nobody talks to the running server but through signals; its socket would need a writable home.
control_socket_disable = True
# The most that gunicorn takes, and what the proxy takes too: what is longer gets the page of the proxy, not a bare one.
limit_request_line = 8190
limit_request_fields = 60
# Which proxy may say "this came by https"; the proxy of docker-compose is the only one that reaches us there.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
errorlog = "-"
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
# Residents may be watched: no client address, no query string (%(U)s is the path alone), no referer.
accesslog = os.environ.get("WEB_ACCESS_LOG") or None
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'


def on_starting(server):
    """An address that gunicorn itself complains about is cut as everywhere else. Workers inherit the logger."""
    from platform_portal.logging import PrivacyFilter

    server.log.error_log.addFilter(PrivacyFilter())
