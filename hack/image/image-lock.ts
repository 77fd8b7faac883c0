import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `action` while nobody else on this machine builds an image, and calls `waiting` once if somebody does. The lock is
 * an abstract unix socket: the kernel frees its name when the holder dies, however it dies.
 */
export async function withImageLock<T>(waiting: () => void, action: () => Promise<T>): Promise<T> {
  let server = await tryLock();
  if (server === undefined) waiting();
  while (server === undefined) {
    await sleep(200);
    server = await tryLock();
  }
  try {
    return await action();
  } finally {
    server.close();
  }
}

function tryLock(): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen('\0weft-image', () => resolve(server));
  });
}
