import {
  type LabelSelector,
  type Labels,
  maxSelectorLength,
  parseLabelSelector,
  selects,
} from '../api/label-selector.ts';
import { allowedNamespacesAnnotation } from '../api/network-attachment-definition.ts';
import type { Isolation } from '../api/weft-config.ts';
import { type Finding, finding } from './finding.ts';

/** Whom a network is opened to by its own annotation. */
export type Opening =
  | { readonly to: 'nobody' }
  | { readonly to: 'everybody' }
  | { readonly to: 'selected'; readonly selector: LabelSelector }
  /** The annotation cannot be read, so nobody may come in by it. `problem`: the end of a sentence. */
  | { readonly to: 'unreadable'; readonly problem: string };

/** May a pod use a network? `labels`: that cannot be said without the labels of the pod's namespace. */
export type Access =
  | { readonly verdict: 'granted' }
  | { readonly verdict: 'refused'; readonly problem?: string }
  | { readonly verdict: 'labels' };

/** Who asks. */
export interface AskingPod {
  readonly namespace: string;
  /** Of the namespace; absent: not known. */
  readonly labels?: Labels | undefined;
}

/** What is asked for. */
export interface AskedNetwork {
  readonly namespace: string;
  /** The annotations of the NetworkAttachmentDefinition; absent: there is none, or it has none. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** What a label selector in the annotation opens the network to; `*` is everybody. */
export function openingOf(annotations: AskedNetwork['annotations']): Opening {
  const text = annotations?.[allowedNamespacesAnnotation];
  if (text === undefined) return { to: 'nobody' };
  if (text.length <= maxSelectorLength && text.trim() === '*') return { to: 'everybody' };
  const selector = parseLabelSelector(text);
  return typeof selector === 'string'
    ? { to: 'unreadable', problem: selector }
    : { to: 'selected', selector };
}

/**
 * Isolation: with it a pod may use the networks of its own namespace, of `globalNamespaces`, and those that open
 * themselves to its namespace. Without it, all; then the annotation has no effect.
 */
export function accessOf(
  { enabled, globalNamespaces }: Isolation,
  pod: AskingPod,
  { namespace, annotations }: AskedNetwork,
): Access {
  if (!enabled || namespace === pod.namespace || globalNamespaces.includes(namespace))
    return { verdict: 'granted' };
  const opening = openingOf(annotations);
  switch (opening.to) {
    case 'everybody':
      return { verdict: 'granted' };
    case 'nobody':
      return { verdict: 'refused' };
    case 'unreadable':
      return { verdict: 'refused', problem: opening.problem };
    case 'selected':
      if (pod.labels === undefined) return { verdict: 'labels' };
      return { verdict: selects(opening.selector, pod.labels) ? 'granted' : 'refused' };
  }
}

/** What is wrong with the annotation, for whoever applies the network. */
export function openingFindings(annotations: AskedNetwork['annotations']): readonly Finding[] {
  const opening = openingOf(annotations);
  if (opening.to !== 'unreadable') return [];
  const path = `metadata.annotations["${allowedNamespacesAnnotation}"]`;
  const message = `it ${opening.problem}, so the network is open to no other namespace; write one such as "team in (red, blue)", or "*"`;
  return [finding('InvalidSelector', path, message)];
}
