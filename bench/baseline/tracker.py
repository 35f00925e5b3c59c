"""The baseline: a tracker as one writes it with pandas. Each operation reads the whole CSV; each change writes the whole
CSV, in place. Values are read as text, so that it at least keeps what pandas can keep.

    tracker.py OPERATION CSV [ROW_ID ...]

Prints one line of JSON: samples by name, as the other side's probes do.
"""

import json
import re
import resource
import sys
import time

import pandas as pd

TRACKING = [
    "youtube_status", "youtube_files", "youtube_media_id",
    "drive_status", "drive_files", "drive_media_id",
    "last_download_attempt", "download_errors",
]
LINKS = {"youtube": "youtube_playlist", "drive": "google_drive"}
PLACEHOLDERS = ["", "-", "'-", "none", "null", "nan", "n/a"]


def read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def rows_of(table):
    return table[~table["row_id"].str.startswith("#") & (table["row_id"] != "row_id")]


def has_link(table, kind):
    return ~table[LINKS[kind]].str.strip().str.lower().isin(PLACEHOLDERS)


def columns(path):
    table = read(path)
    for name in TRACKING:
        table[name] = ""
    for kind in LINKS:
        table.loc[has_link(table, kind), f"{kind}_status"] = "pending"
    table.to_csv(path, index=False)


def update(path, row_id):
    table = read(path)
    row = table["row_id"] == row_id
    table.loc[row, "youtube_status"] = "completed"
    table.loc[row, "youtube_files"] = f"clip_{row_id}.mp4"
    table.loc[row, "youtube_media_id"] = f"media-{row_id}"
    table.loc[row, "last_download_attempt"] = "2026-11-22T12:00:00Z"
    table.to_csv(path, index=False)


def pending(path):
    table = rows_of(read(path))
    wanted = table[has_link(table, "youtube") & (table["youtube_status"] != "completed")]
    return [tuple(row) for row in wanted[["row_id", "type", "name", "email"]].itertuples()]


def summary(path):
    table = rows_of(read(path))
    counts = {"total_rows": len(table)}
    for kind in LINKS:
        linked = table[has_link(table, kind)]
        counts[kind] = linked[f"{kind}_status"].value_counts().to_dict()
    return counts


def peak_megabytes():
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"^VmHWM:\s+(\d+) kB$", status.read(), re.M)[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(operation, *arguments):
    start, cpu = time.perf_counter(), time.process_time()
    operation(*arguments)
    return (time.perf_counter() - start) * 1000, (time.process_time() - cpu) * 1000


def main(name, path, *row_ids):
    operation = {"columns": columns, "update": update, "pending": pending, "summary": summary}[name]
    tries = [timed(operation, path, *given) for given in ([[row_id] for row_id in row_ids] or [[]])]
    print(json.dumps({
        "ms": [wall for wall, _ in tries],
        "cpuMs": [cpu for _, cpu in tries],
        "peakMb": [peak_megabytes()],
    }))


main(*sys.argv[1:])
