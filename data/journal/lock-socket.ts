import { createHash } from "node:crypto";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The address of a Unix socket holds 108 bytes on Linux, 104 on macOS, a zero byte included. */
const ADDRESS_BYTES_MAX = process.platform === "linux" ? 107 : 103;
/** A listening socket answers at once, whatever its process is busy with. */
const ANSWER_MS = 2_000;

export interface LockSocket {
  /** Where it listens: a path, or on Linux `\0` and a name that is no file. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/**
 * Listens on a socket in a folder for as long as the process lives. A path that is too long for a socket is replaced:
 * on Linux by an abstract name that holds a hash of the path, elsewhere by a file in the folder for temporary files.
 */
export async function listenIn(folder: string, name: string): Promise<LockSocket> {
  const address = addressIn(folder, name);
  const server = createServer((socket) => socket.destroy());
  // The lock shall not keep a process alive that has nothing else to do.
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  });
  return { address, close: () => closeServer(server) };
}

/** Whether anybody listens at an address. In doubt somebody does. */
export function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(ANSWER_MS, () => end(true));
    socket.once("connect", () => end(true));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      end(error.code !== "ECONNREFUSED" && error.code !== "ENOENT" && error.code !== "ENOTDIR");
    });
  });
}

function addressIn(folder: string, name: string): string {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= ADDRESS_BYTES_MAX) return path;
  const digest = createHash("sha256").update(path).digest("hex").slice(0, 32);
  if (process.platform === "linux") return `\0drydock-${digest}`;
  return join(tmpdir(), `drydock-${digest}.sock`);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
