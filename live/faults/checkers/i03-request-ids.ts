import { parseTarget } from "#engine/model/target.ts";
import { requestId } from "#live/driver/request-ids.ts";
import type { CheckerTerms } from "./checker.ts";

const FORMS = {
  bybit: /^[A-Za-z0-9_-]{1,36}$/,
  hyperliquid: /^0x[0-9a-f]{32}$/,
} as const;

/** I3: a request id is f(target, intent, attempt) in every life, fits its venue, and never names two things. */
export const requestIds: CheckerTerms = {
  invariant: "I3",
  make: (_run, tell) => {
    const meanings = new Map<string, string>();
    const ids = new Map<string, string>();
    const bytes = new Map<string, string>();
    return {
      onRecord: ({ requests, target }) => {
        const place = parseTarget(target.key);
        for (const request of requests) {
          if (request.kind !== "place") continue;
          const { requestId: id, intentId, attempt, bytesHash } = request;
          const meaning = `${intentId} ${attempt}`;
          const key = `${target.key} ${id}`;
          const expected = requestId(place, intentId, attempt);
          if (id !== expected) tell(`"${id}" of ${meaning} is f(…): it is "${expected}"`);
          if (!FORMS[place.exchange].test(id)) tell(`"${id}" is a client id of ${target.key}`);
          const other = meanings.get(key) ?? meaning;
          if (other !== meaning) tell(`"${id}" names one attempt: ${other} and ${meaning}`);
          const known = ids.get(`${target.key} ${meaning}`) ?? id;
          if (known !== id) tell(`${meaning} has one id: "${known}" and "${id}"`);
          const sent = bytes.get(key) ?? bytesHash;
          if (sent !== bytesHash) tell(`"${id}" is sent again in the same bytes`);
          meanings.set(key, meaning);
          ids.set(`${target.key} ${meaning}`, id);
          bytes.set(key, bytesHash);
        }
      },
    };
  },
};
