/* Lets an operation on the files below a folder fail, or that and all after it. It is loaded before the C library:
   LD_PRELOAD. Of the environment:

   FAIL_BELOW  the folder
   FAIL_FILE   only files whose names end so count
   FAIL_AT     the number of the operation that fails, from 1; 0: none
   FAIL_WITH   the error's number
   FAIL_HOW    once | on (it and all after it) | torn (once, and half of it was written)
               | power (the power goes: of what was written and not synced, any sectors are what they were before)
   FAIL_LOG    a file that takes a line for each operation */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static long count;

static const char *asked(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

#define SECTOR 512

/* What was written and is not synced: what stood there before. */
struct unsynced {
  struct unsynced *before; /* the one that was written before this one */
  char path[512];
  off_t at;
  size_t length, had;
  char *old;
  int kept;
};
static struct unsynced *last;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static int powered(void) { return strcmp(asked("FAIL_HOW"), "power") == 0; }

static int path_of(int file, char *path, size_t room) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, room - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strncmp(path, asked("FAIL_BELOW"), strlen(asked("FAIL_BELOW"))) == 0 && *asked("FAIL_BELOW");
}

/* Keeps what stands where something is about to be written. */
static void remember(int file, off_t at, size_t length) {
  char path[512];
  if (!powered() || !path_of(file, path, sizeof path)) return;
  struct unsynced *entry = calloc(1, sizeof *entry);
  if (!entry || !(entry->old = calloc(1, length + 1))) return;
  int other = open(path, O_RDONLY); /* this one may be open for writing only */
  ssize_t had = other < 0 ? 0 : pread(other, entry->old, length, at);
  if (other >= 0) close(other);
  strcpy(entry->path, path);
  entry->at = at;
  entry->length = length;
  entry->had = had < 0 ? 0 : (size_t)had;
  pthread_mutex_lock(&guard);
  entry->before = last;
  last = entry;
  pthread_mutex_unlock(&guard);
}

static void synced(int file) {
  char path[512];
  if (!powered() || !path_of(file, path, sizeof path)) return;
  pthread_mutex_lock(&guard);
  for (struct unsynced **entry = &last; *entry;) {
    if (strcmp((*entry)->path, path) == 0) *entry = (*entry)->before;
    else entry = &(*entry)->before;
  }
  pthread_mutex_unlock(&guard);
}

/* Whether something written after this entry stays, in this sector. */
static int covered(struct unsynced *entry, off_t at) {
  for (struct unsynced *later = last; later && later != entry; later = later->before)
    if (later->kept && strcmp(later->path, entry->path) == 0 && later->at < at + SECTOR &&
        at < later->at + (off_t)later->length)
      return 1;
  return 0;
}

static void power_goes(long number) {
  static ssize_t (*put)(int, const void *, size_t, off_t);
  put = (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
  srand((unsigned)number * 2654435761u);
  pthread_mutex_lock(&guard);
  int how = rand() % 3;
  for (struct unsynced *entry = last; entry; entry = entry->before) {
    entry->kept = how == 1 || (how == 2 && rand() % 2);
    if (how == 0) entry->kept = 0;
    if (entry->kept && rand() % 4) continue;
    /* All of it is what it was, or it is torn: the sectors from one on. */
    off_t from = entry->kept ? (off_t)(rand() % (entry->length / SECTOR + 1)) * SECTOR : 0;
    entry->kept = 0;
    int file = open(entry->path, O_WRONLY);
    if (file < 0) continue;
    for (off_t done = from; done < (off_t)entry->length; done += SECTOR) {
      size_t size = entry->length - done < SECTOR ? entry->length - done : SECTOR;
      if (!covered(entry, entry->at + done) && put(file, entry->old + done, size, entry->at + done) < 0) {}
    }
    close(file);
  }
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Whether this operation fails: 1, and 2 where half of it is done. */
static int fails(const char *what, const char *path) {
  const char *below = asked("FAIL_BELOW");
  size_t length = strlen(below);
  if (length == 0 || strncmp(path, below, length) != 0) return 0;
  size_t end = strlen(asked("FAIL_FILE")), all = strlen(path);
  if (end > all || strcmp(path + all - end, asked("FAIL_FILE")) != 0) return 0;
  long number = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
  if (*asked("FAIL_LOG")) {
    FILE *log = fopen(asked("FAIL_LOG"), "a");
    if (log) {
      fprintf(log, "%ld %s %s\n", number, what, path + length);
      fclose(log);
    }
  }
  long at = atol(asked("FAIL_AT"));
  if (at == 0 || number < at || (number > at && strcmp(asked("FAIL_HOW"), "on") != 0)) return 0;
  if (powered()) power_goes(number);
  errno = atoi(asked("FAIL_WITH"));
  return strcmp(asked("FAIL_HOW"), "torn") == 0 ? 2 : 1;
}

static int fails_at(const char *what, int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  int kept = errno;
  int result = fails(what, path);
  if (!result) errno = kept;
  return result;
}

ssize_t write(int file, const void *bytes, size_t length) {
  REAL(ssize_t, "write", int, const void *, size_t);
  int how = fails_at("write", file);
  if (!how) {
    if (powered()) remember(file, lseek(file, 0, SEEK_CUR), length);
    return real(file, bytes, length);
  }
  int error = errno;
  if (how == 2 && real(file, bytes, length / 2) < 0) {}
  errno = error;
  return -1;
}

#define PWRITE(name, offset_type) \
  ssize_t name(int file, const void *bytes, size_t length, offset_type at) { \
    REAL(ssize_t, #name, int, const void *, size_t, offset_type); \
    int how = fails_at("write", file); \
    if (!how) { \
      remember(file, at, length); \
      return real(file, bytes, length, at); \
    } \
    int error = errno; \
    if (how == 2 && real(file, bytes, length / 2, at) < 0) {} \
    errno = error; \
    return -1; \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define SYNC(name) \
  int name(int file) { \
    REAL(int, #name, int); \
    if (fails_at("sync", file)) return -1; \
    int result = real(file); \
    if (result == 0) synced(file); \
    return result; \
  }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, offset_type) \
  int name(int file, offset_type length) { \
    REAL(int, #name, int, offset_type); \
    return fails_at("truncate", file) ? -1 : real(file, length); \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(int, #name, const char *, int, ...); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
      va_list rest; \
      va_start(rest, flags); \
      mode = va_arg(rest, mode_t); \
      va_end(rest); \
      if (fails("open", path)) return -1; \
    } \
    return real(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  return fails("mkdir", path) ? -1 : real(path, mode);
}
