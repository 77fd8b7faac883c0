/**
 * The only thing of a cluster that shows outside: `forwarder.ts ADDRESS PORT` takes connections on file descriptor 3, a
 * socket that listens in the machine's network namespace, and hands them on to ADDRESS:PORT in the cluster's, where this
 * process runs. A listening socket stays in the namespace it was made in.
 */
import { connect, createServer, type Socket } from 'node:net';

const [address = '', port = ''] = process.argv.slice(2);

function join(from: Socket, to: Socket): void {
  from.pipe(to);
  // pipe() ends the other side in an orderly way; a reset must be handed on too.
  from.on('error', () => to.destroy());
  from.on('close', () => {
    if (!from.readableEnded) to.destroy();
  });
}

const server = createServer({ allowHalfOpen: true, noDelay: true }, (outside) => {
  const inside = connect({ host: address, port: Number(port), allowHalfOpen: true, noDelay: true });
  join(outside, inside);
  join(inside, outside);
});
server.on('error', (error) => {
  console.error(`forwarder: ${error.message}`);
  process.exitCode = 1;
});
server.listen({ fd: 3 });
