/*
 * What the disk alone takes for files that a crash must not lose, out of memory: for each a file and a small one that belongs to it
 * (a sidecar) are made in a staging folder, written, synced and renamed into the download folder, which is synced at the end.
 *
 * usage: store FOLDER FILES BYTES AT_ONCE
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES (1 << 20)
#define SIDECAR_BYTES 700
#define MOST_AT_ONCE 1024

static const char *folder;
static char staging[PATH_MAX];
static long files;
static long bytes;
static atomic_long next_file;
/* All files are written from here. */
static char pattern[PIECE_BYTES];

static void fail(const char *what, const char *path) {
  fprintf(stderr, "store: %s %s: %s\n", what, path, strerror(errno));
  exit(1);
}

__attribute__((format(printf, 2, 3))) static void path_of(char *path, const char *format, ...) {
  va_list values;
  va_start(values, format);
  int length = vsnprintf(path, PATH_MAX, format, values);
  va_end(values);
  if (length >= 0 && length < PATH_MAX) return;
  errno = ENAMETOOLONG;
  fail("name below", folder);
}

static void write_synced(const char *path, long size) {
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (fd < 0) fail("create", path);
  for (long written = 0; written < size;) {
    long at = written % PIECE_BYTES;
    long most = size - written < PIECE_BYTES - at ? size - written : PIECE_BYTES - at;
    ssize_t now = write(fd, pattern + at, (size_t)most);
    if (now < 0 && errno != EINTR) fail("write", path);
    if (now > 0) written += now;
  }
  if (fdatasync(fd) != 0) fail("sync", path);
  if (close(fd) != 0) fail("close", path);
}

static void rename_to(const char *from, const char *to) {
  if (rename(from, to) != 0) fail("rename to", to);
}

static void *store_files(void *unused) {
  (void)unused;
  char file[PATH_MAX], sidecar[PATH_MAX], name[PATH_MAX];
  for (;;) {
    long n = atomic_fetch_add(&next_file, 1);
    if (n >= files) return NULL;
    path_of(file, "%s/%ld.file", staging, n);
    write_synced(file, bytes);
    path_of(sidecar, "%s/%ld.sidecar", staging, n);
    write_synced(sidecar, SIDECAR_BYTES);
    path_of(name, "%s/file-%05ld.bin.json", folder, n);
    rename_to(sidecar, name);
    path_of(name, "%s/file-%05ld.bin", folder, n);
    rename_to(file, name);
  }
}

static long number_from(const char *text, long most) {
  char *end;
  errno = 0;
  long number = strtol(text, &end, 10);
  if (errno == 0 && end != text && *end == '\0' && number >= 1 && number <= most) return number;
  fprintf(stderr, "store: not a number from 1 to %ld: %s\n", most, text);
  exit(2);
}

int main(int count, char **values) {
  if (count != 5) {
    fprintf(stderr, "usage: store FOLDER FILES BYTES AT_ONCE\n");
    return 2;
  }
  folder = values[1];
  files = number_from(values[2], LONG_MAX / 2);
  bytes = number_from(values[3], LONG_MAX / 2);
  int at_once = (int)number_from(values[4], MOST_AT_ONCE);
  for (long at = 0; at < PIECE_BYTES; at += 1) pattern[at] = (char)random();

  path_of(staging, "%s/.staging", folder);
  if (mkdir(staging, 0755) != 0) fail("create", staging);
  pthread_t threads[MOST_AT_ONCE];
  for (int n = 0; n < at_once; n += 1) {
    errno = pthread_create(&threads[n], NULL, store_files, NULL);
    if (errno != 0) fail("start a thread for", folder);
  }
  for (int n = 0; n < at_once; n += 1) {
    errno = pthread_join(threads[n], NULL);
    if (errno != 0) fail("wait for a thread for", folder);
  }
  if (rmdir(staging) != 0) fail("remove", staging);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || fsync(fd) != 0) fail("sync", folder);
  return 0;
}
