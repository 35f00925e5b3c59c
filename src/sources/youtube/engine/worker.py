"""Runs yt-dlp job after job in one process, so that its start is paid once.

usage: python3 worker.py MARK [ZIPAPP]

MARK names the process that started this one, for whoever looks for what is left over. ZIPAPP is the official zip
application, where yt_dlp lives inside one. Jobs come as JSON lines on stdin:

    {"id": 1, "args": [...], "env": {...}, "folder": "/absolute"}       with "program": another one than yt-dlp

and answers go as JSON lines to file descriptor 3:

    {"ready": "2026.08.19"}                        once, after the import
    {"id": 1, "out": "..."}, {"id": 1, "err": "..."}   a line that yt-dlp prints
    {"id": 1, "end": 0, "memory": 50000000}        its exit code, and the bytes that this process then has

stdout and stderr belong to whatever else prints. When stdin ends, the one who started us is gone: then this process
and everything that it started ends at once.
"""
import gc
import hashlib
import io
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import traceback

# What one line may hold; nothing of ours is longer, and a hostile title is not to fill anybody's memory.
LONGEST = 200_000


class Channel:
    """Where answers go. Lines of several threads do not mix."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, message):
        line = (json.dumps(message) + '\n').encode('ascii')
        with self._lock:
            while line:
                line = line[os.write(self._descriptor, line):]


class Lines(io.TextIOBase):
    """A text stream each of whose lines is sent as an answer to a job."""

    encoding = 'utf-8'
    errors = 'replace'

    def __init__(self, channel, job, name):
        super().__init__()
        self._channel = channel
        self._job = job
        self._name = name
        self._rest = ''

    def writable(self):
        return True

    def isatty(self):
        return False

    def write(self, text):
        if isinstance(text, bytes):
            text = text.decode('utf-8', 'replace')
        *lines, self._rest = (self._rest + text).split('\n')
        for line in lines:
            self._send(line)
        self._rest = self._rest[:LONGEST]
        return len(text)

    def finish(self):
        if self._rest:
            self._send(self._rest)
        self._rest = ''

    def _send(self, line):
        self._channel.send({'id': self._job, self._name: line[:LONGEST]})


def start(program, args):
    """A program in place of yt-dlp, such as ffprobe: from here it starts at a fraction of what it costs a large process."""
    try:
        ended = subprocess.run([program, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        sys.stderr.write(f'{error}\n')
        # As a shell says it of a program that is not there.
        sys.exit(127)
    for stream, content in ((sys.stdout, ended.stdout), (sys.stderr, ended.stderr)):
        stream.write(content.decode('utf-8', 'replace'))
    sys.exit(ended.returncode)


def run(main, job, channel):
    """One job, exactly as the command line would do it. Returns its exit code."""
    os.chdir(job['folder'])
    os.environ.clear()
    os.environ.update(job['env'])
    tempfile.tempdir = None
    out, err = Lines(channel, job['id'], 'out'), Lines(channel, job['id'], 'err')
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        if 'program' in job:
            start(job['program'], job['args'])
        main(job['args'])
        return 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        err.write(f'{end.code}\n')
        return 1
    except BaseException:
        err.write(traceback.format_exc())
        return 1
    finally:
        out.finish()
        err.finish()
        sys.stdout, sys.stderr = kept
        os.chdir('/')


def prefer_first_subtitle(downloader):
    """Has yt-dlp fetch the first of --sub-langs that a video has, where its command line would fetch each of them."""
    requested = downloader.process_subtitles

    def process_subtitles(self, *args, **kwargs):
        found = requested(self, *args, **kwargs) or {}
        languages = self.params.get('subtitleslangs') or []
        first = next((lang for lang in languages if lang in found), None)
        return found if first is None else {first: found[first]}

    downloader.process_subtitles = process_subtitles


def certificates():
    """Names the certificates that are trusted now, by what is in their file."""
    path = os.environ.get('SSL_CERT_FILE', '')
    try:
        with open(path, 'rb') as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return path


def reuse_certificates():
    """Keeps the TLS context of a job for the next one that trusts the same certificates: reading some 150 of them takes
    half of the time that a transcript takes. Where this yt-dlp makes its contexts in another way, each job makes its own."""
    kept = {}

    def once(make, key):
        key = (certificates(), *key)
        if key not in kept:
            kept.clear()
            kept[key] = make()
        return kept[key]

    common = sys.modules.get('yt_dlp.networking.common')
    make_context = getattr(common, 'make_ssl_context', None)
    if make_context is not None:
        common.make_ssl_context = lambda **how: once(lambda: make_context(**how), sorted(how.items()))
        return
    module = sys.modules.get('yt_dlp.YoutubeDL')
    make_handler = getattr(module, 'make_HTTPS_handler', None)
    if make_handler is None:
        return

    def handler(params, **how):
        options = [(name, params.get(name)) for name in ('nocheckcertificate', 'legacyserverconnect')]
        if params.get('client_certificate'):
            return make_handler(params, **how)
        first = once(lambda: make_handler(params, **how), options)
        return type(first)(params, context=first._context, **how)

    module.make_HTTPS_handler = handler


def memory():
    """Bytes of memory that this process has; the most it ever had where the present is not told."""
    try:
        with open('/proc/self/statm', encoding='ascii') as file:
            return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    except OSError:
        import resource
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == 'darwin' else most * 1024


def read_jobs(descriptor, jobs):
    with os.fdopen(descriptor, 'rb') as file:
        for line in file:
            jobs.put(json.loads(line))
    end()


def end():
    """Ends this process with its children, such as ffmpeg."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def serve():
    # Children would inherit stdin, and take our jobs.
    descriptor = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.set_inheritable(3, False)
    channel = Channel(3)
    # A folder that holds this file is no place to import from.
    sys.path[:1] = sys.argv[2:3]
    jobs = queue.SimpleQueue()
    # From here on, so that an import that hangs ends with its owner, too.
    threading.Thread(target=read_jobs, args=(descriptor, jobs), daemon=True).start()
    import yt_dlp
    import yt_dlp.version
    prefer_first_subtitle(yt_dlp.YoutubeDL)
    reuse_certificates()
    # What was imported stays: looking through it again and again would find nothing.
    gc.collect()
    gc.freeze()
    channel.send({'ready': yt_dlp.version.__version__})
    while True:
        job = jobs.get()
        code = run(yt_dlp.main, job, channel)
        channel.send({'id': job['id'], 'end': code, 'memory': memory()})


if __name__ == '__main__':
    serve()
