import { SECRET_KEY } from "#live/faults/world/world.ts";
import type { CheckerTerms } from "./checker.ts";

/** I60: the key of an account is in no record and in nothing that a life ended with. */
export const secrets: CheckerTerms = {
  invariant: "I60",
  make: (run, tell) => ({
    onRecord: ({ data, kind, seq, isReplay }) => {
      if (isReplay) return;
      if (JSON.stringify(data).includes(SECRET_KEY))
        tell(`No record has a key: ${kind} ${seq} has`);
    },
    atEnd: () => {
      for (const end of run.simulation.lives) {
        const text = "error" in end ? errorText(end.error) : "why" in end ? end.why : "";
        if (text.includes(SECRET_KEY)) tell(`No error tells a key: "${end.kind}" does`);
      }
      for (const path of run.world.disk.paths) {
        const bytes = run.world.disk.contentOf(path) ?? new Uint8Array();
        if (new TextDecoder().decode(bytes).includes(SECRET_KEY))
          tell(`No file has a key: "${path}" has`);
      }
    },
  }),
};

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack ?? error.message} ${error.cause === undefined ? "" : errorText(error.cause)}`;
}
