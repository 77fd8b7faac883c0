/* One question to the kernel inside another network namespace. */
#ifndef WEFT_NETNS_ASK_H
#define WEFT_NETNS_ASK_H

#include "rtnetlink.h"

/*
 * As ask_kernel, in the namespace that `netns` is open on: 0 or errno, ETIMEDOUT at the deadline, EINVAL where it is no
 * network namespace.
 */
int netns_ask(int netns, const struct request *request, double deadline, visit *visitor, void *state);

#endif
