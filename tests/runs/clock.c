/* Other clocks than those of the machine: loaded before the C library (LD_PRELOAD). CLOCK_FILE names a file with two
   numbers, which is read each time: by how many seconds the wall clock is ahead, and the one that counts from the start
   of the machine. Where a third number stands, the wall clock stands still at that second. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, now);
  const char *name = getenv("CLOCK_FILE");
  FILE *file = name ? fopen(name, "r") : NULL;
  if (!file) return result;
  long wall = 0, since = 0, still = 0;
  int found = fscanf(file, "%ld %ld %ld", &wall, &since, &still);
  fclose(file);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
    now->tv_sec += wall;
    if (found == 3) *now = (struct timespec){.tv_sec = still};
  } else if (clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME) {
    now->tv_sec += since;
  }
  return result;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval *now, void *zone) {
  struct timespec at;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &at);
  now->tv_sec = at.tv_sec;
  now->tv_usec = at.tv_nsec / 1000;
  return 0;
}
