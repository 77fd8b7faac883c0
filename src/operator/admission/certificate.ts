import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import * as der from './der.ts';

/** What a webhook server needs, and what its callers trust. All PEM. */
export interface ServingCertificate {
  /** Certificate of an authority that has signed exactly one certificate and whose key nobody has any more. */
  readonly ca: string;
  readonly certificate: string;
  /** PKCS #8. */
  readonly key: string;
}

/** For whom and how long. */
export interface CertificateWanted {
  /** DNS names and IP addresses under which the server is reached; the first one is its common name. */
  readonly names: readonly [string, ...string[]];
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

const ecdsaWithSha256 = der.sequence(der.objectId('1.2.840.10045.4.3.2'));

/**
 * An authority and a certificate of it, ECDSA on P-256 (RFC 5280). The authority's key is forgotten at once: the next
 * certificate comes with an authority of its own, so there is no key with which others could be made (docs/adr/0012).
 */
export function makeServingCertificate(wanted: CertificateWanted): ServingCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // Every authority has a name of its own: verifiers look issuers up by name.
  const issuer = `weft-webhook-ca-${randomBytes(6).toString('hex')}`;
  const times = { notBefore: wanted.notBefore, notAfter: wanted.notAfter };
  const signer = { name: issuer, keys: authority };
  const ca = signed(
    { ...times, subject: issuer, key: authority.publicKey, extensions: caExtensions() },
    signer,
  );
  const [commonName] = wanted.names;
  const certificate = signed(
    { ...times, subject: commonName, key: server.publicKey, extensions: serverExtensions(wanted.names) },
    signer,
  );
  const key = server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ca, certificate, key };
}

interface Content {
  readonly subject: string;
  readonly key: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly der.Der[];
}

interface Signer {
  readonly name: string;
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

/** RFC 5280, 4.1. */
function signed(content: Content, { name: issuer, keys }: Signer): string {
  const extensions = [
    ...content.extensions,
    extension('2.5.29.14', der.octets(keyId(content.key))),
    extension('2.5.29.35', der.sequence(der.context(0, keyId(keys.publicKey), false))),
  ];
  const body = der.sequence(
    der.context(0, der.unsigned(Uint8Array.of(2)), true),
    der.unsigned(randomBytes(16)),
    ecdsaWithSha256,
    distinguishedName(issuer),
    der.sequence(der.moment(content.notBefore), der.moment(content.notAfter)),
    distinguishedName(content.subject),
    content.key.export({ type: 'spki', format: 'der' }),
    der.context(3, der.sequence(...extensions), true),
  );
  const signature = sign('sha256', body, keys.privateKey);
  return pem(der.sequence(body, ecdsaWithSha256, der.bits(signature)));
}

function caExtensions(): readonly der.Der[] {
  return [
    // cA, and a path length of 0: it signs servers only.
    extension('2.5.29.19', der.sequence(der.truth(), der.unsigned(Uint8Array.of(0))), true),
    // keyCertSign.
    extension('2.5.29.15', der.bits(Uint8Array.of(0x04), 2), true),
  ];
}

function serverExtensions(names: readonly string[]): readonly der.Der[] {
  return [
    extension('2.5.29.19', der.sequence(), true),
    // digitalSignature.
    extension('2.5.29.15', der.bits(Uint8Array.of(0x80), 7), true),
    // serverAuth.
    extension('2.5.29.37', der.sequence(der.objectId('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', der.sequence(...names.map(alternativeName))),
  ];
}

function extension(id: string, value: der.Der, critical = false): der.Der {
  return der.sequence(der.objectId(id), ...(critical ? [der.truth()] : []), der.octets(value));
}

function alternativeName(name: string): der.Der {
  return isIP(name) === 0
    ? der.context(2, Buffer.from(name, 'ascii'), false)
    : der.context(7, addressBytes(name), false);
}

/** Four bytes or sixteen. */
function addressBytes(address: string): Uint8Array {
  if (!isIPv6(address)) return Uint8Array.from(address.split('.').map(Number));
  // The URL parser writes every IPv6 address in one form: hex groups, one `::` at most.
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const tail = groups(right ?? '');
  const zeros = Array.from({ length: 8 - groups(left).length - tail.length }, () => '0');
  const all = [...groups(left), ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('');
  return Buffer.from(all, 'hex');
}

/** A common name alone. Its upper bound of 64 characters is RFC 5280's; nobody looks servers up by it. */
function distinguishedName(commonName: string): der.Der {
  const attribute = der.sequence(der.objectId('2.5.4.3'), der.utf8(commonName.slice(0, 64)));
  return der.sequence(der.setOf(attribute));
}

/** RFC 7093: how it is made is free, as long as it is the same for the same key. */
function keyId(key: KeyObject): Uint8Array {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

function pem(certificate: der.Der): string {
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
