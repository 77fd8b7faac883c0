import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { envtestAssets } from '../../hack/toolchain/tools.ts';
import { mustRun } from '../harness/run.ts';

/** An object as kustomize puts it out. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** config/default and each overlay, from the checkout's root. */
export const deployments = [
  'config/default',
  'config/overlays/local',
  'config/overlays/kind',
  'config/overlays/other-nad-crd',
] as const;

/** All objects of a kustomization, as `kubectl apply -k` sends them. */
export async function rendered(directory: string): Promise<readonly Manifest[]> {
  const kubectl = join(await envtestAssets((line) => console.error(line)), 'kubectl');
  const text = mustRun([kubectl, 'kustomize', resolve(import.meta.dirname, '../..', directory)]);
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as Manifest;
  });
}

/** The only one of its kind; fails if there are more or none. */
export function only<T = Manifest>(objects: readonly Manifest[], kind: string): T {
  const [first, ...others] = objects.filter((object) => object.kind === kind);
  if (first === undefined || others.length > 0) throw new Error(`not exactly one ${kind}`);
  return first as T;
}
