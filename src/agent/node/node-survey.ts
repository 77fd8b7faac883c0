import type { ConfFile } from '../../netconf/conf-file.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';
import type { RecordsSource } from '../sources/records-directory.ts';
import { countAttachments } from './attachment-counts.ts';
import { currentHash } from './current-hash.ts';
import { hostLinks } from './host-links.ts';
import type { Leftovers } from './leftovers.ts';
import type { NodeCounts } from './node-facts.ts';
import { pluginTypes } from './plugin-types.ts';

/** What a survey looks at. */
export interface NodeSurveyRoom {
  readonly records: Pick<RecordsSource, 'attachedPods'>;
  readonly leftovers: Leftovers;
  /** NADs as the watch has them. */
  readonly networks: NetworkLookup;
  /** The files of `--network-conf-dir`. */
  readonly files: () => readonly ConfFile[];
  /** Where the runtime and weft search for plugins, as the agent sees them. */
  readonly pluginDirs: () => readonly string[];
}

/** Looks at the node now. Never throws. */
export function surveyNode(room: NodeSurveyRoom): NodeCounts {
  const { records, leftovers, networks, files, pluginDirs } = room;
  const attached = [...records.attachedPods()].flatMap((record) => record.networks);
  return {
    plugins: pluginTypes(pluginDirs()),
    links: hostLinks(),
    attachments: countAttachments(attached, (key) => currentHash(key, networks, files())),
    leftovers: leftovers.survey(),
  };
}
