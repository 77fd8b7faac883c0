/** One file of a directory of CNI configurations, as data: this room does no I/O. */
export interface ConfFile {
  /** Base name, such as `10-bridge.conflist`. Files of other kinds are left alone. */
  readonly name: string;
  readonly text: string;
  /**
   * For a conflist: the files of the directory beside it that bears the network's name (CNI-210). Absent or empty
   * where there is no such directory. Only `*.conf` counts.
   */
  readonly subdirectory?: readonly ConfFile[];
}
