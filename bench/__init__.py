"""How quick the office is, beside the least that the same machine needs for the same work.

`make bench` (docs/performance.md). No app imports this package.
"""
