"""A test format for lit: tests of shell commands, each with so many seconds as its configuration's `seconds` says.

lit bounds the time of all tests alike, and only where the module psutil is there to end what a test has started. /proc
tells that, too."""
import os
import signal
import threading

import lit.formats
import lit.util


def _parents():
    """The parent of each process there is."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as stat:
                found[int(name)] = int(stat.read().rpartition(")")[2].split()[1])
        except OSError:
            pass  # it has ended
    return found


def _kill(pid, how):
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        pass


def _kill_with_children(pid):
    """Each is stopped before its children are looked for, so that it makes no more of them."""
    family = [pid]
    for each in family:
        _kill(each, signal.SIGSTOP)
        family += [child for child, parent in _parents().items() if parent == each]
    for each in family:
        _kill(each, signal.SIGKILL)


class _Timer(threading.Timer):
    """lit forgets the timer of a test that names a command that is not there; its process would wait for it at its end."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.daemon = True


threading.Timer = _Timer
lit.util.killProcessAndChildren = _kill_with_children
lit.util.killProcessAndChildrenIsSupported = lambda: (True, "")


class TimedShTest(lit.formats.ShTest):
    def execute(self, test, lit_config):
        lit_config.maxIndividualTestTime = test.config.seconds
        return super().execute(test, lit_config)
