"""Exit code 0 while this container's process works: `healthy.py web|worker|beat`."""

import sys
import urllib.request


def web():
    urllib.request.urlopen("http://127.0.0.1:8000/healthz", timeout=4).close()


def sign_of_life(process):
    import django

    django.setup()
    from office.health import heartbeat

    heartbeat(process)


if __name__ == "__main__":
    web() if sys.argv[1] == "web" else sign_of_life(sys.argv[1])
