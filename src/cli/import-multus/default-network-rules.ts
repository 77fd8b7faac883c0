import { isSubdomain } from '../../api/dns-name.ts';
import { isObject } from '../../cni/json.ts';
import { hostPath, type ImportContext, pathNote } from './import-context.ts';
import { builtIn, byHand, field, nothing, type Outcome, type Setting, unsupported } from './setting.ts';
import { switchOf, textOf, wrongKind } from './setting-value.ts';

/** The agent sees these directories of its node; others have to be mounted into it (config/agent). */
const mountedDirs: readonly string[] = ['/etc/cni/net.d', '/etc/cni/multus/net.d'];

/** `clusterNetwork`: a file, a directory, or a name. */
export function clusterNetwork(setting: Setting, context: ImportContext): Outcome {
  const text = textOf(setting);
  if (text === '') return nothing('it is empty');
  return chosenByUser(context) ?? named(text, context);
}

/** `multusMasterCNI`: a file name in the directory where Multus looks for the default network. */
export function masterFile(setting: Setting, context: ImportContext): Outcome {
  const text = textOf(setting);
  if (text === '') return nothing('it is empty');
  return chosenByUser(context) ?? file(`${context.autoconfigDir}/${text}`, 'its file there', context);
}

/** `multusAutoconfigDir`: where Multus looks for the first configuration by name. */
export function autoconfigDir(setting: Setting, context: ImportContext): Outcome {
  const given = textOf(setting);
  const path = hostPath(context.mounts, given);
  const inside = pathNote(given, path);
  if (given === '' || path === context.confDir) {
    return builtIn(note("weft takes the only configuration there that is not a meta-plugin's", inside));
  }
  if (context.defaultNetwork !== undefined || context.setting('multusMasterCNI')) {
    return builtIn(note('the default network is named, so that no directory is searched', inside));
  }
  return unsupported(
    `weft looks in --cni-conf-dir, ${context.confDir}, only; name the file: --default-network=${path}/FILE`,
  );
}

/** `delegates[0]`: the default network, written into Multus's own configuration. */
export function firstDelegate(setting: Setting, context: ImportContext): Outcome {
  const name = delegateName(setting);
  const given = chosenByUser(context);
  if (given !== undefined) return given;
  const isFile = context.firstDelegate === undefined && name !== '' && context.neighbours.has(name);
  if (isFile || context.firstDelegate === 'file') {
    if (name === '')
      throw wrongKind({ ...setting, key: `${setting.key}.name` }, 'the name of a file on the nodes');
    const where = isFile ? 'a file of this name lies beside' : 'as --first-delegate says';
    return field(`defaultNetwork: ${name}`, { defaultNetwork: name }, `${where}; each node needs it`);
  }
  const network = inlineNetwork(setting, name, context);
  const reference = `${network.namespace}/${network.name}`;
  const outcome = field(
    `defaultNetwork: ${reference}`,
    { defaultNetwork: reference },
    `becomes that NetworkAttachmentDefinition; if nodes have ${name === '' ? 'it' : name} as a file: --first-delegate=file`,
  );
  return { ...outcome, network };
}

/** `delegates[1]` and on: attached to every pod, in every namespace. */
export function furtherDelegate(setting: Setting, context: ImportContext): Outcome {
  const network = inlineNetwork(setting, delegateName(setting), context);
  const reference = `${network.namespace}/${network.name}`;
  const outcome = field(
    `defaultNetworks: ${reference}`,
    // Multus asks for no namespace here.
    { defaultNetworks: [reference], systemNamespaces: [] },
    'becomes that NetworkAttachmentDefinition; systemNamespaces is empty, since pods of all namespaces get it',
  );
  return { ...outcome, network };
}

/** `multusConfigFile`, `--multus-conf-file`: `auto`, or a file that is copied. */
export function configFile(setting: Setting, context: ImportContext): Outcome {
  const text = textOf(setting);
  if (text === '' || text === 'auto') return builtIn('weft-agent writes its own configuration');
  if (context.hasConfiguration) return nothing('its content is imported too');
  return unsupported(`what is in ${text} is not known: give that file too, with -f`);
}

/** `--rename-conf-file`: the default network's own file is not to be found under its name. */
export function renamedFile(setting: Setting): Outcome {
  if (!switchOf(setting)) return nothing('it is off');
  return byHand("on each node rename the default network's file, which ends in .old, back before weft comes");
}

/** Everything that can be the default network by a text. */
function named(text: string, context: ImportContext): Outcome {
  if (!text.includes('/')) return byName(text, context);
  if (!text.startsWith('/')) return unsupported('a relative path, and nobody knows to what');
  const path = hostPath(context.mounts, text);
  if (/\.(conf|conflist|json)$/.test(path)) return file(path, pathNote(text, path), context);
  if (path === context.confDir) {
    return builtIn(
      "weft takes the only configuration there that is not a meta-plugin's; of several, name one",
    );
  }
  return unsupported(`weft takes no directory; name the file in it: --default-network=${path}/FILE`);
}

/** Multus looks for an object first, then for a file. */
function byName(name: string, { multusNamespace, networks }: ImportContext): Outcome {
  const reference = `${multusNamespace}/${name}`;
  if (networks?.has(reference) === true) {
    return field(`defaultNetwork: ${reference}`, { defaultNetwork: reference });
  }
  if (networks !== undefined) {
    return field(
      `defaultNetwork: ${name}`,
      { defaultNetwork: name },
      `there is no network ${reference}: a file`,
    );
  }
  return field(
    `defaultNetwork: ${reference}`,
    { defaultNetwork: reference },
    `if that is not a network but a file of this name: --default-network=${name}`,
  );
}

function file(path: string, where: string, { confDir }: ImportContext): Outcome {
  const mounted = [...mountedDirs, confDir].some((dir) => path.startsWith(`${dir}/`));
  const mount = mounted ? '' : "mount its directory into weft-agent's container";
  return field(`defaultNetwork: ${path}`, { defaultNetwork: path }, note(where, mount));
}

function chosenByUser({ defaultNetwork }: ImportContext): Outcome | undefined {
  if (defaultNetwork === undefined) return undefined;
  return field(`defaultNetwork: ${defaultNetwork}`, { defaultNetwork }, 'as --default-network says');
}

/** '' if it has none. Throws where Multus itself would refuse the delegate. */
function delegateName(setting: Setting): string {
  const { value, key } = setting;
  if (!isObject(value)) throw wrongKind(setting, 'a CNI configuration');
  const plugins = value['plugins'];
  const first: unknown = Array.isArray(plugins) ? plugins[0] : undefined;
  const type = isObject(first) ? first['type'] : value['type'];
  if (typeof type !== 'string' || type === '') {
    const at = plugins === undefined ? 'type' : 'plugins[0].type';
    throw wrongKind({ ...setting, key: `${key}.${at}`, value: type }, 'the name of a plugin');
  }
  return typeof value['name'] === 'string' ? value['name'] : '';
}

/** The object's name has to be one of Kubernetes; the name inside of the configuration stays what it is. */
function inlineNetwork(
  setting: Setting,
  name: string,
  { multusNamespace }: ImportContext,
): NonNullable<Outcome['network']> {
  const index = /\[([0-9]+)\]/.exec(setting.key)?.[1] ?? '0';
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  const fitting = isSubdomain(plain) ? plain : `multus-delegate-${index}`;
  return { namespace: multusNamespace, name: fitting, config: setting.text };
}

function note(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ');
}
