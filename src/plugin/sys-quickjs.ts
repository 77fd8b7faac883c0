/// <reference path="./quickjs.d.ts" />
import { native as entries } from 'weft_sys';
import {
  type Child,
  type ChildEnd,
  type ChildLimits,
  type ChildSpec,
  type DefaultRoute,
  type RouteChange,
  type Sys,
  SysError,
} from '../executor/sys.ts';
import type { Native } from './native-entries.ts';

// C has no types; the table in native/sys.c and this one are kept alike by test/component/sys.
const native = entries as Native;
native.useErrorClass(SysError);

/** Sys on a node. The work is done in native/; here only what is easier said in TypeScript. */
export const sys: Sys = {
  ...native,
  fork(spec: ChildSpec): Child {
    return native.fork(
      spec.program,
      Object.entries(spec.environ).map(([name, value]) => `${name}=${value}`),
    );
  },
  release(child: Child): void {
    native.release(child.handle);
  },
  finish(child: Child, stdin: string, limits: ChildLimits): ChildEnd {
    return native.finish(child.handle, stdin, limits);
  },
  forwardStderr(text: string): void {
    try {
      native.write(2, text);
    } catch {
      // Nobody listens.
    }
  },
  linkNames(netns: string, deadline: number): readonly string[] {
    return linesOf(native.linkNames(netns, deadline));
  },
  defaultRoutes(netns: string, deadline: number): readonly DefaultRoute[] {
    return linesOf(native.defaultRoutes(netns, deadline)).map(routeOf);
  },
  changeDefaultRoutes(netns: string, changes: readonly RouteChange[], deadline: number): void {
    native.changeDefaultRoutes(netns, changes.map(changeLine).join(''), deadline);
  },
};

/** The arguments after the program's own name. */
export function argv(): readonly string[] {
  return native.argv().slice(1);
}

/** Writes all of it, also through a slow non-blocking pipe (CNI-494). Throws SysError: EPIPE if nobody reads. */
export function writeStdout(text: string): void {
  native.write(1, text);
}

/** As writeStdout, to standard error. */
export function writeStderr(text: string): void {
  native.write(2, text);
}

/** Ends the process at once; everything written before has reached the kernel. */
export function exit(code: number): never {
  return native.exit(code);
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.slice(0, -1).split('\n');
}

function routeOf(line: string): DefaultRoute {
  const [family = '', ifname = '', gateway = '', priority = ''] = line.split(' ');
  return {
    family: family === '4' ? 4 : 6,
    ifname,
    gateway: gateway === '-' ? '' : gateway,
    priority: Number(priority),
  };
}

function changeLine({ op, route }: RouteChange): string {
  const gateway = route.gateway === '' ? '-' : route.gateway;
  return `${op} ${route.family} ${route.ifname} ${gateway} ${route.priority}\n`;
}
