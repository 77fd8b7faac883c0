import type { Plan } from '../attachment/plan.ts';
import type { AttachmentRecord } from '../attachment/record.ts';
import type { CniError } from '../errors/cni-error.ts';
import type { Reason } from '../errors/reason.ts';
import { asWeftError, fitMessage, WeftError } from '../errors/weft-error.ts';
import type { Budgets } from '../executor/budgets.ts';
import { type Fd, isErrno, type Sys, SysError } from '../executor/sys.ts';
import { type AgentFrame, maxFrameBytes, wireVersion } from '../wire/frame.ts';
import { decodeAgentFrame, encodeFrame } from '../wire/frame-codec.ts';
import { checkPlanShape } from '../wire/plan-shape.ts';
import { checkRequires, features } from '../wire/skew.ts';

/** What the agent refused, with its own code, message and details; passed on to the runtime as it is. */
export class Refused extends Error {
  override readonly name: string = 'Refused';
  readonly cniError: CniError;

  constructor(cniError: CniError) {
    super(cniError.msg);
    this.cniError = cniError;
  }
}

/** The plugin's end of one conversation with the agent (DESIGN §3.1). */
export class AgentLink {
  private readonly sys: Sys;
  private readonly socket: Fd;
  private readonly budgets: Budgets;
  private readonly sender: string;

  private constructor(sys: Sys, socket: Fd, budgets: Budgets, sender: string) {
    this.sys = sys;
    this.socket = socket;
    this.budgets = budgets;
    this.sender = sender;
  }

  /** Throws AgentUnreachable at once if nobody listens, AgentTimeout if nobody accepts in time. */
  static connect(sys: Sys, path: string, budgets: Budgets, sender: string): AgentLink {
    try {
      return new AgentLink(sys, sys.connect(path, sys.monotonicMs() + budgets.connect), budgets, sender);
    } catch (error) {
      const reason = isErrno(error, 'ETIMEDOUT', 'EAGAIN') ? 'AgentTimeout' : 'AgentUnreachable';
      throw broken(reason, 'connect to the agent', error, path);
    }
  }

  /** The link, or why there is none, for a caller that has to do something else first. */
  static attempt(sys: Sys, path: string, budgets: Budgets, sender: string): AgentLink | WeftError {
    try {
      return AgentLink.connect(sys, path, budgets, sender);
    } catch (error) {
      return asWeftError(error);
    }
  }

  /** Asks for a plan, which `plan` then waits for. For a DEL it says what the pod would get now, and nothing follows. */
  request(env: Readonly<Record<string, string>>, stdin: string, verb: 'ADD' | 'DEL' = 'ADD'): void {
    this.send({
      v: wireVersion,
      op: 'cni',
      type: 'request',
      sender: this.sender,
      verb,
      env,
      stdin,
      features,
    });
  }

  /** The plan that was asked for. Throws Refused, AgentTimeout, AgentUnreachable where the agent dies, AgentProtocol. */
  plan(): Plan {
    for (;;) {
      const frame = this.receive(this.budgets.plan);
      if (frame.type === 'held') continue;
      if (frame.type === 'refuse') throw new Refused(cniErrorOf(frame.cniError));
      if (frame.type !== 'plan') throw unexpected(frame);
      checkRequires(frame.requires, frame.sender);
      return checkPlanShape(frame.plan);
    }
  }

  /** Tells what became of it. Best effort: the record is what counts. */
  outcome(
    verb: 'ADD' | 'DEL',
    record: AttachmentRecord,
    ok: boolean,
    ms: Readonly<Record<string, number>>,
  ): void {
    try {
      this.send({ v: wireVersion, op: 'cni', type: 'outcome', sender: this.sender, verb, record, ok, ms });
    } catch {
      // The agent derives status and metrics from the records; it will find this one there.
    }
  }

  /** Waits until the status is written, or for the bound: ADD never fails because a status write is slow. */
  awaitDone(): void {
    try {
      this.receive(this.budgets.done);
    } catch {
      // Whatever is wrong with the agent now, the interfaces are there and recorded.
    }
  }

  close(): void {
    this.sys.close(this.socket);
  }

  private send(frame: Parameters<typeof encodeFrame>[0]): void {
    try {
      this.sys.send(this.socket, encodeFrame(frame), this.sys.monotonicMs() + this.budgets.plan);
    } catch (error) {
      throw broken(
        isErrno(error, 'ETIMEDOUT') ? 'AgentTimeout' : 'AgentUnreachable',
        'talk to the agent',
        error,
        '',
      );
    }
  }

  private receive(withinMs: number): AgentFrame {
    const line = this.line(this.sys.monotonicMs() + withinMs);
    if (line !== undefined) return decodeAgentFrame(line);
    throw new WeftError('AgentUnreachable', {
      step: 'wait for the agent',
      cause: 'weft-agent closed the connection',
    });
  }

  private line(deadline: number): string | undefined {
    try {
      return this.sys.receiveLine(this.socket, maxFrameBytes, deadline);
    } catch (error) {
      if (isErrno(error, 'ETIMEDOUT')) throw broken('AgentTimeout', 'wait for the agent', error, '');
      if (isErrno(error, 'EFBIG', 'EILSEQ')) throw broken('AgentProtocol', 'read a frame', error, '');
      throw broken('AgentUnreachable', 'wait for the agent', error, '');
    }
  }
}

/** An agent that refuses in a shape of its own still refuses. */
function cniErrorOf(value: CniError): CniError {
  const { code, msg, details } = value;
  if (Number.isInteger(code) && code > 0 && typeof msg === 'string' && typeof details === 'string')
    return { ...value, msg: fitMessage(msg), details: fitMessage(details) };
  throw new WeftError('AgentProtocol', {
    step: 'read a frame',
    cause: 'a refuse frame without code, msg or details',
  });
}

function unexpected(frame: AgentFrame): WeftError {
  return new WeftError('AgentProtocol', {
    step: 'read a frame',
    cause: `frame ${frame.type} came instead of a plan`,
  });
}

function broken(reason: Reason, step: string, error: unknown, path: string): WeftError {
  const errno = error instanceof SysError ? error.errno : asWeftError(error).failure.cause;
  return new WeftError(reason, {
    step,
    cause: `${path.slice(-80)}${path === '' ? '' : ': '}${errno}`,
    error,
  });
}
