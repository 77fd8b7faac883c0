/** Prints what is wrong, one line each, and sets the exit status; or says that all is well. */
export function conclude(check: string, problems: readonly string[], fine: string): void {
  if (problems.length === 0) {
    console.log(`${check}: ${fine}`);
    return;
  }
  for (const problem of problems) console.log(`${check}: ${problem}`);
  process.exitCode = 1;
}
