/** Words before a command that run it as the root of a container: with these capabilities (`dac_override`), no other. */
export function withCapabilities(...names: readonly string[]): readonly string[] {
  const set = ['-all', ...names.map((name) => `+${name}`)].join(',');
  return ['setpriv', `--bounding-set=${set}`, '--inh-caps=-all'];
}
