import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server on loopback that a test can break. */
export class TcpProxy {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #state: 'open' | 'cut' | 'stalled' = 'open';
  #accepted = 0;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Forwards to the port in `url`. */
  static async start(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(Number(new URL(url).port));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** Connections that were made to it so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Resets every connection; new ones are reset too until `heal`. */
  cut(): void {
    this.#state = 'cut';
    this.reset();
  }

  /** Resets every connection; new ones work. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Connections stay open, new ones are accepted, and nothing comes through any more. */
  stall(): void {
    this.#state = 'stalled';
    for (const socket of this.#sockets) socket.pause();
  }

  /** New connections work again; the stalled ones stay dead. */
  heal(): void {
    this.#state = 'open';
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#accepted += 1;
    this.#keep(socket);
    if (this.#state === 'cut') socket.resetAndDestroy();
    if (this.#state !== 'open') return;
    const target = connect(this.#targetPort, '127.0.0.1');
    this.#keep(target);
    socket.on('close', () => target.destroy());
    target.on('close', () => socket.destroy());
    socket.pipe(target);
    target.pipe(socket);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
