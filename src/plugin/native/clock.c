/* Deadlines are values of CLOCK_MONOTONIC in milliseconds, as in Sys. */
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <time.h>

double monotonic_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int remaining_ms(double deadline)
{
  double left = ceil(deadline - monotonic_ms());
  /* Written so that NaN counts as over. */
  if (!(left > 0)) return 0;
  return left > INT_MAX ? INT_MAX : (int)left;
}

int await_fd(int fd, short events, double deadline)
{
  struct pollfd wanted = {.fd = fd, .events = events};
  for (;;) {
    int ready = poll(&wanted, 1, remaining_ms(deadline));
    if (ready > 0) return wanted.revents & POLLNVAL ? EBADF : 0;
    if (ready < 0 && errno != EINTR) return errno;
    if (ready == 0 && remaining_ms(deadline) == 0) return ETIMEDOUT;
  }
}
