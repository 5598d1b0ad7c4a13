import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * A process as a lock remembers it. Numbers of processes are used again, so the moment of the start belongs to it:
 * on Linux the boot and the clock ticks since then, elsewhere what `ps` prints.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Null where it could not be found out; the number alone then has to do. */
  readonly startedAt: string | null;
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startedAt: startOf(process.pid) };
}

/**
 * Whether the very process still runs. In doubt it does: to take a lock from a living process costs money, to ask
 * a person costs a minute.
 */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
  }
  const now = startOf(pid);
  return startedAt === null || now === null || now === startedAt;
}

/** When a process started, in a form that is only ever compared; `ended` for one that only waits to be counted. */
function startOf(pid: number): string | null {
  try {
    if (process.platform === "linux") return linuxStartOf(pid);
    const printed = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return printed === "" ? null : printed;
  } catch {
    return null;
  }
}

/** proc_pid_stat(5): after the name in parentheses come the state (field 3) and, as field 22, the start in ticks. */
function linuxStartOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  if (state === "Z" || state === "X") return "ended";
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${boot} ${fields[19]}`;
}
