/** One row of mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  /** The part of the file system that is mounted; for a bound namespace `net:[4026532000]`. */
  readonly root: string;
  readonly point: string;
  readonly readOnly: boolean;
  /** Whether mounts below it reach other namespaces, or come from them; '' is private. */
  readonly propagation: '' | 'shared' | 'slave' | 'shared,slave';
  readonly type: string;
  readonly source: string;
}

/** The rows of /proc/PID/mountinfo. Rows that are cut off, as a dying process shows them, are left out. */
export function parseMounts(mountinfo: string): readonly Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const dash = fields.indexOf('-');
    const [, , , root, point, options] = fields;
    const [type, source] = fields.slice(dash + 1);
    if (dash < 6 || root === undefined || point === undefined || options === undefined) return [];
    if (type === undefined || source === undefined) return [];
    const optional = fields.slice(6, dash);
    const shared = optional.some((field) => field.startsWith('shared:'));
    const slave = optional.some((field) => field.startsWith('master:'));
    const propagation = shared && slave ? 'shared,slave' : shared ? 'shared' : slave ? 'slave' : '';
    const readOnly = options.split(',').includes('ro');
    return [
      { root: decode(root), point: decode(point), readOnly, propagation, type, source: decode(source) },
    ];
  });
}

/** One line a mount, without the numbers that are given anew each time (mount, parent and peer group). */
export function mountLines(mountinfo: string): readonly string[] {
  return parseMounts(mountinfo).map((mount) => {
    const flags = `${mount.readOnly ? ' ro' : ''}${mount.propagation === '' ? '' : ` ${mount.propagation}`}`;
    return `mount ${mount.point} ${mount.type} of ${mount.source} ${mount.root}${flags}`;
  });
}

/** The kernel writes blanks, tabs, line ends and backslashes in octal. */
function decode(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
