// A proxy between browser and host that breaks connections: cuts sockets after some bytes, or goes silent.
import http from "node:http";
import net, { type AddressInfo } from "node:net";

export class CuttingProxy {
  cuts = 0;
  tunnels = 0;
  /** While true, every new tunnel is cut after a few hundred bytes from the host. */
  cutting = false;
  /** While true, new tunnels are refused. */
  closed = false;
  readonly #server = http.createServer((request, response) => this.#forward(request, response));
  readonly #open = new Set<net.Socket>();
  #seed = 7;

  constructor(private readonly host: string) {}

  async listen(): Promise<string> {
    // Browsers request a tunnel for every WebSocket, even over plain http.
    this.#server.on("connect", (request, socket: net.Socket) => this.#tunnel(request.url ?? "", socket));
    await new Promise<void>((ready) => this.#server.listen(0, "127.0.0.1", ready));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Makes all connections half-open: they stay open but pass no more data. */
  freeze(): void {
    for (const socket of this.#open) socket.pause();
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #forward(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { method, headers } = request;
    const onward = http.request(request.url ?? "", { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  }

  #tunnel(target: string, browser: net.Socket): void {
    // Browsers also contact their vendors; that isn't part of the test.
    if (target !== this.host || this.closed) return void browser.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    this.tunnels++;
    const [name, port] = target.split(":");
    const host = net.connect(Number(port), name, () => browser.write("HTTP/1.1 200 OK\r\n\r\n"));
    let left = this.cutting ? 200 + Math.floor(this.#random() * 1_800) : Number.POSITIVE_INFINITY;
    host.on("data", (bytes) => {
      browser.write(bytes.subarray(0, Math.min(left, bytes.length)));
      left -= bytes.length;
      if (left > 0) return;
      this.cuts++;
      host.destroy();
      browser.destroySoon();
    });
    browser.on("data", (bytes) => host.write(bytes));
    for (const [socket, other] of [
      [host, browser],
      [browser, host],
    ] as const) {
      this.#open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#open.delete(socket);
        other.destroySoon();
      });
    }
  }

  /** Pseudo-random with a fixed seed, so that every run has the same cuts. */
  #random(): number {
    this.#seed = (this.#seed * 48271) % 2147483647;
    return this.#seed / 2147483647;
  }
}
