/* The container that holds a pod's namespaces. It is the first process of the pod's PID namespace where that is shared,
 * so it must take SIGTERM and SIGINT itself (the kernel delivers a first process no signal that it neither handles nor
 * waits for) and collect the children that it inherits. */
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return 1;
  for (;;) {
    int number = sigwaitinfo(&set, NULL);
    if (number == SIGINT || number == SIGTERM) return 0;
    while (number == SIGCHLD && waitpid(-1, NULL, WNOHANG) > 0) continue;
  }
}
