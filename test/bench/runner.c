/*
 * Runs the programs of a job file one after the other, each with an environment and a file as standard input, and
 * prints how long that took. The same small runner times the delegates alone and weft around them, so that its own
 * cost, and that of whoever starts it, is in neither.
 *
 * Job file, one word and its value a line: PROGRAM path, ENV name=value (any number), STDIN path, GO.
 * Prints one line: wall milliseconds, CPU milliseconds of all children, largest resident size in KiB, failures, and then
 * the wall milliseconds of each program.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ENV = 64, MAX_LINE = 8192 };

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int run(const char *program, char *const env[], const char *input, const char *output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    char *const argv[] = {(char *)program, NULL};
    pid_t pid;
    int failed = posix_spawn(&pid, program, &actions, NULL, argv, env) != 0;
    int status = 0;
    if (!failed) failed = waitpid(pid, &status, 0) != pid || status != 0;
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

int main(int argc, char **argv) {
    FILE *job = argc > 2 ? fopen(argv[1], "r") : NULL;
    if (job == NULL) return 2;
    char line[MAX_LINE], program[MAX_LINE] = "", input[MAX_LINE] = "/dev/null";
    char *env[MAX_ENV + 1] = {0};
    int count = 0, failures = 0;
    double wall = 0, *each = NULL;
    size_t runs = 0;
    while (fgets(line, sizeof line, job) != NULL) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "PROGRAM ", 8) == 0) strcpy(program, line + 8);
        if (strncmp(line, "STDIN ", 6) == 0) strcpy(input, line + 6);
        if (strncmp(line, "ENV ", 4) == 0 && count < MAX_ENV) env[count++] = strdup(line + 4);
        if (strcmp(line, "GO") != 0) continue;
        double start = now_ms();
        failures += run(program, env, input, argv[2]);
        double took = now_ms() - start;
        wall += took;
        each = realloc(each, (runs + 1) * sizeof *each);
        if (each == NULL) return 2;
        each[runs++] = took;
        while (count > 0) free(env[--count]);
        memset(env, 0, sizeof env);
    }
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
    printf("%.3f %.3f %ld %d", wall, cpu, usage.ru_maxrss, failures);
    for (size_t i = 0; i < runs; i++) printf(" %.3f", each[i]);
    printf("\n");
    return 0;
}
