// A host that belongs to a single test, which can kill and restart it in mid-word.
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

export class OwnHost {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<{ host: OwnHost; signInLink: string }> {
    const host = new OwnHost(await mkdtemp(path.join(tmpdir(), "coach-")), await freePort());
    return { host, signInLink: await host.#run() };
  }

  get address(): string {
    return `localhost:${this.port}`;
  }

  /** Kills the host without warning, as a power failure would, and starts it again. */
  async restart(): Promise<void> {
    await this.#kill();
    await this.#run();
  }

  async end(): Promise<void> {
    await this.#kill();
    await rm(this.folder, { recursive: true });
  }

  /** Starts the host and returns the sign-in link, which it prints once it is listening. */
  async #run(): Promise<string> {
    const program = process.env.HOST_BINARY ?? "../target/debug/coach-http";
    const env = {
      ...{ BIND: `127.0.0.1:${this.port}`, PUBLIC_URL: `http://${this.address}`, RUST_LOG: "error" },
      DATABASE_URL: `sqlite://${path.join(this.folder, "coach.db")}`,
    };
    const child = spawn(program, { env, stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    // A failing test doesn't reach its cleanup.
    process.once("exit", () => child.kill("SIGKILL"));
    for await (const line of createInterface({ input: child.stdout })) {
      const link = /\S+\/login#token=\S+/.exec(line)?.[0];
      if (!link) continue;
      child.stdout.resume();
      return link;
    }
    throw new Error("the host ended without printing its sign-in link");
  }

  async #kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }
}

/**
 * Returns a free port below the range of ephemeral ports: one of those could be taken before the host listens on it, or
 * while the host is down.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = net.createServer();
    const free = await new Promise<boolean>((done) => {
      server.once("error", () => done(false));
      server.listen(port, "127.0.0.1", () => done(true));
    });
    if (!free) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}
