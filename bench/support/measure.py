"""Runs a program and tells what it cost, with all that it started, however far away: orphans come back to this process.

usage: measure.py LOG PROGRAM [ARGUMENT..]; prints {"seconds", "cpuSeconds", "peakMb", "exitCode"}; what it prints goes into LOG.
"""
import ctypes
import json
import os
import resource
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

with open(sys.argv[1], 'wb') as log:
    start = time.monotonic()
    child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    code = child.wait()
    seconds = time.monotonic() - start
# A guardian or the like may end a moment later.
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    'seconds': [seconds],
    'cpuSeconds': [used.ru_utime + used.ru_stime],
    # Of the process that had the most.
    'peakMb': [used.ru_maxrss / 1024],
    'exitCode': [code],
}))
