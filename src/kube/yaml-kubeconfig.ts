import { parse } from 'yaml';

/**
 * The value of a kubeconfig's YAML text. Throws a plain Error that says where it is broken. A chunk of its own in the
 * bundle: import it only by `import()`, so that who has no kubeconfig does not pay for the library.
 */
export function readYamlKubeconfig(text: string): unknown {
  return parse(text, { prettyErrors: true, uniqueKeys: true, maxAliasCount: 100 }) as unknown;
}
