// A host that belongs to a single test, which can kill and restart it in mid-word.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

/** The databases that a host of a test can use. Without POSTGRES, the folder of a server's socket, only SQLite. */
export const DATABASES = process.env.POSTGRES ? (["SQLite", "PostgreSQL"] as const) : (["SQLite"] as const);
export type Database = (typeof DATABASES)[number];

export class OwnHost {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly database: Record<string, string>,
  ) {}

  static async start(database: Database): Promise<{ host: OwnHost; signInLink: string }> {
    const folder = await mkdtemp(path.join(tmpdir(), "coach-"));
    const settings =
      database === "SQLite" ? { DATABASE_URL: `sqlite://${path.join(folder, "coach.db")}` } : newDatabase();
    const host = new OwnHost(folder, await freePort(), settings);
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
      ...this.database,
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

/** Creates a database on the server and returns the settings of a host that uses it. */
function newDatabase(): Record<string, string> {
  const server = process.env.POSTGRES ?? "";
  const name = `own_${randomUUID().replaceAll("-", "")}`;
  const createdb = process.env.CREATEDB ?? "createdb";
  execFileSync(createdb, ["-h", server, "-U", "postgres", "-E", "UTF8", "-T", "template0", name]);
  const address = `postgres://postgres@${encodeURIComponent(server)}/${name}`;
  return { DATABASE_URL: address, SESSION_KEY: "only-of-this-test-only-of-this-test" };
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
