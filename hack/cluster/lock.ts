import { createServer, type Server } from 'node:net';
import { ClusterError } from './cluster-error.ts';

/**
 * Keeps two commands from changing one cluster at once. It is an abstract unix socket: the kernel frees its name when
 * the holder dies, however it dies, and no file is left.
 */
export async function withClusterLock<T>(id: string, action: () => Promise<T>): Promise<T> {
  const server = await acquire(id);
  try {
    return await action();
  } finally {
    server.close();
  }
}

function acquire(id: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      reject(new ClusterError(`cluster ${id} is just being changed by another command; wait for its end`));
    });
    server.listen(`\0weft-cluster/${id}`, () => resolve(server));
  });
}
