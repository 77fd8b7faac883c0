/**
 * Run in a network namespace: `unix-forwarder.ts PORT PATH` takes connections on loopback and hands them on to a unix
 * socket, which is reached from every network namespace.
 */
import { connect, createServer } from 'node:net';

const [port = '', path = ''] = process.argv.slice(2);

createServer((inside) => {
  const outside = connect(path);
  inside.pipe(outside).pipe(inside);
  inside.on('error', () => outside.destroy());
  outside.on('error', () => inside.destroy());
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
