"""YouTube as one fetches it with a loop around yt-dlp: a process for the facts, one for the transcript, one for the video.

usage: youtube.py (transcripts | videos) FOLDER URL..; proxy and certificates come from the environment.
It verifies nothing, records nothing and hashes nothing.
"""
import subprocess
import sys

COMMON = ['yt-dlp', '--ignore-config', '--no-update', '--compat-options', 'no-certifi', '--ies', 'youtube.*',
          '--no-cache-dir', '--no-mtime', '--quiet', '--no-playlist']


def run(folder, *options, url):
    return subprocess.run([*COMMON, *options, '--', url], cwd=folder, stdout=subprocess.PIPE, check=False).returncode


def fetch(what, folder, url):
    name = ['--output', '%(id)s.%(ext)s']
    codes = [run(folder, '--dump-single-json', url=url)]
    codes.append(run(folder, *name, '--skip-download', '--write-subs', '--write-auto-subs', '--sub-langs', 'en,en-orig',
                     '--sub-format', 'vtt', url=url))
    if what == 'videos':
        codes.append(run(folder, *name, '--format', 'bv*+ba/b', '--merge-output-format', 'mp4', url=url))
    return max(codes)


what, folder, *urls = sys.argv[1:]
sys.exit(max(fetch(what, folder, url) for url in urls))
