"""A PostgreSQL server of our own, and a Django database backend that finds it running.

    program ── base.py ── client.ensure_server() ──┐ holds clients.lock, shared, while it lives
                                                   │ starts, when nobody has:
                                      supervisor.py, one per data folder, detached
                                                   │ holds supervisor.lock, and ready.lock while it serves
                                                   └─ postgres, dies with its supervisor; its processes
                                                      keep the cluster folder locked while they live

Who is alive is told by `flock` alone, never by a file with a process id: the kernel releases a lock however
its holder dies. When no program holds clients.lock any more, the supervisor stops the server and ends.
This package is also the value of Django's ENGINE setting (Django imports its module `base`).
"""
