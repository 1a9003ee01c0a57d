/* Lets an operation on the files below a folder fail, or that and all after it. It is loaded before the C library:
   LD_PRELOAD. Of the environment:

   FAIL_BELOW  the folder
   FAIL_AT     the number of the operation that fails, from 1; 0: none
   FAIL_WITH   the error's number
   FAIL_HOW    once | on (it and all after it) | torn (once, and half of it was written)
   FAIL_LOG    a file that takes a line for each operation */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
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

/* Whether this operation fails: 1, and 2 where half of it is done. */
static int fails(const char *what, const char *path) {
  const char *below = asked("FAIL_BELOW");
  size_t length = strlen(below);
  if (length == 0 || strncmp(path, below, length) != 0) return 0;
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
  if (!how) return real(file, bytes, length);
  int error = errno;
  if (how == 2 && real(file, bytes, length / 2) < 0) {}
  errno = error;
  return -1;
}

#define PWRITE(name, offset_type) \
  ssize_t name(int file, const void *bytes, size_t length, offset_type at) { \
    REAL(ssize_t, #name, int, const void *, size_t, offset_type); \
    int how = fails_at("write", file); \
    if (!how) return real(file, bytes, length, at); \
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
    return fails_at("sync", file) ? -1 : real(file); \
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
