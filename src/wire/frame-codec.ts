import { WeftError } from '../errors/weft-error.ts';
import { type AgentFrame, type Frame, type PluginFrame, wireVersion } from './frame.ts';
import { frameFields, type Kind } from './frame-fields.ts';

/** The frame as one line, its line feed included. */
export function encodeFrame(frame: Frame): string {
  return `${JSON.stringify(frame)}\n`;
}

/** A line from the plugin, as the agent reads it. Throws AgentProtocol. */
export function decodePluginFrame(line: string): PluginFrame {
  return decode(line, ['request', 'outcome']) as PluginFrame;
}

/** A line from the agent, as the plugin reads it. Throws AgentProtocol. */
export function decodeAgentFrame(line: string): AgentFrame {
  return decode(line, ['held', 'plan', 'refuse', 'done']) as AgentFrame;
}

/** Unknown keys are ignored, missing or mistyped known ones refused (DESIGN §3.1). */
function decode(line: string, expected: readonly Frame['type'][]): Frame {
  const frame = parse(line);
  if (frame['v'] !== wireVersion)
    throw skew(`version ${short(frame['v'])} of the frames, this side speaks ${wireVersion}`, frame);
  if (frame['op'] !== 'cni') throw skew(`op ${short(frame['op'])}`, frame);
  const type = expected.find((name) => name === frame['type']);
  if (type === undefined)
    throw skew(`frame ${short(frame['type'])}, expected ${expected.join(' or ')}`, frame);
  for (const [field, kind] of Object.entries(frameFields[type])) {
    if (!hasKind(frame[field], kind)) throw skew(`a ${type} frame whose "${field}" is no ${kind}`, frame);
  }
  return frame as unknown as Frame;
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch (error) {
    throw new WeftError('AgentProtocol', { step: 'read a frame', cause: 'a frame is no JSON', error });
  }
  throw new WeftError('AgentProtocol', { step: 'read a frame', cause: 'a frame is no object' });
}

function skew(what: string, frame: Readonly<Record<string, unknown>>): WeftError {
  const sender = typeof frame['sender'] === 'string' ? ` from weft ${frame['sender'].slice(0, 20)}` : '';
  return new WeftError('AgentProtocol', { step: 'read a frame', cause: `${what}${sender}` });
}

function hasKind(value: unknown, kind: Kind): boolean {
  if (kind === 'object') return isObject(value);
  if (kind === 'strings') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return typeof value === kind;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 30);
}
