import { readFileSync } from 'node:fs';
import type { Material } from '../../kube/api-access.ts';

/**
 * `metadata.uid` of the Node as the API server has put it into the token of a pod (Kubernetes 1.30 and newer). So the
 * agent needs no right to read Nodes. The token is not checked: the API server does that with each write, and the policy
 * beside config/agent compares the uid. undefined: there is no such token, or it is of another node. Never throws.
 */
export function nodeUidIn(token: Material | undefined, nodeName: string): string | undefined {
  try {
    const claims = claimsOf(textOf(token));
    const { name, uid } = claims['kubernetes.io']?.node ?? {};
    return name === nodeName && typeof uid === 'string' && uid !== '' ? uid : undefined;
  } catch {
    return undefined;
  }
}

/** What of a token's claims is looked at. */
interface Claims {
  readonly 'kubernetes.io'?: { readonly node?: { readonly name?: unknown; readonly uid?: unknown } };
}

function claimsOf(token: string): Claims {
  const [, payload = ''] = token.trim().split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
}

function textOf(material: Material | undefined): string {
  if (material === undefined) return '';
  return 'text' in material ? material.text : readFileSync(material.file, 'utf8');
}
