/** Options of a batch that a single run does not take, with how many words follow each. */
const OF_BATCH: Readonly<Record<string, number>> = {
  "--seeds": 1,
  "--seed": 1,
  "--jobs": 1,
  "-j": 1,
  "--out": 1,
  "--single": 0,
  "--nightly": 0,
  "--json": 0,
  "--jsonl": 0,
  "--plain": 0,
  "--quiet": 0,
  "-q": 0,
  "--progress": 1,
};

/** A night has its own length. */
const OF_NIGHT: Readonly<Record<string, number>> = { "--minutes": 1 };

/** What of a command line `sim run …` its replay needs as well, quoted for a shell where it has to be. */
export function strategyWords(words: readonly string[], isNightly: boolean): readonly string[] {
  const kept: string[] = isNightly ? ["--minutes", "0"] : [];
  for (let at = 2; at < words.length; at++) {
    const word = words[at] as string;
    const name = word.split("=")[0] as string;
    const follow = isNightly ? (OF_NIGHT[name] ?? OF_BATCH[name]) : OF_BATCH[name];
    if (follow === undefined) kept.push(word);
    else if (!word.includes("=")) at += follow;
  }
  return kept.map((word) =>
    /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  );
}
