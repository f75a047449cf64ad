"""Ask a storage that may never answer, as a dead network mount (no Django)."""

import threading

SECONDS = 3


class Silent(Exception):
    """No answer came in time."""


def ask(act, *arguments, seconds=SECONDS):
    """What act answers; whoever it asks may keep a thread, but not the one that called this."""
    answer = []
    asking = threading.Thread(target=lambda: answer.append(act(*arguments)), daemon=True)
    asking.start()
    asking.join(seconds)
    if not answer:
        raise Silent
    return answer[0]
