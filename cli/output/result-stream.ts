import { DrydockError } from "#engine/errors.ts";

/** What the writer needs of `process.stdout`. */
export interface OutputStream {
  write(text: string, done: (error?: Error | null) => void): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/**
 * Writes the result to stdout. Each write waits until the system took the text, so a slow reader slows the
 * command instead of filling the memory, and nothing is pending when the process ends.
 */
export interface ResultStream {
  /** True once the reader has gone (`| head`): further writes do nothing, which is no error. */
  readonly isClosed: boolean;
  /** @throws E_DISK_FULL or E_NOT_WRITABLE when the text could not be written. */
  write(text: string): Promise<void>;
  /** Writes the pieces in blocks. */
  writeAll(pieces: Iterable<string>): Promise<void>;
}

/** Pieces are gathered up to this many characters: few system calls, little memory. */
const BLOCK_LENGTH = 65_536;

export function createResultStream(stream: OutputStream): ResultStream {
  let isClosed = false;
  // Taken now: later the code of a user may have had its say about the stream.
  const writeTo = stream.write.bind(stream);
  // Without a listener a failed write would end the process as an uncaught exception; the callback reports it.
  stream.on("error", () => {});

  const write = (text: string): Promise<void> => {
    if (isClosed || text === "") return Promise.resolve();
    return new Promise((resolve, reject) => {
      writeTo(text, (error) => {
        if (error === null || error === undefined) return resolve();
        isClosed = true;
        const failure = writeFailure(error);
        if (failure === null) resolve();
        else reject(failure);
      });
    });
  };

  const writeAll = async (pieces: Iterable<string>): Promise<void> => {
    let block = "";
    for (const piece of pieces) {
      block += piece;
      if (block.length < BLOCK_LENGTH) continue;
      await write(block);
      if (isClosed) return;
      block = "";
    }
    await write(block);
  };

  return {
    get isClosed() {
      return isClosed;
    },
    write,
    writeAll,
  };
}

/** Null when the reader closed the pipe, which is its right. */
function writeFailure(error: Error): DrydockError | null {
  const code = "code" in error ? error.code : undefined;
  if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ECONNRESET") return null;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new DrydockError(
    isFull ? "E_DISK_FULL" : "E_NOT_WRITABLE",
    `Cannot write the result to stdout: ${isFull ? "no space left on the device" : error.message}`,
    { hint: "Free space or send the output elsewhere, then run the command again", cause: error },
  );
}
