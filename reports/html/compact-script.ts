/**
 * Takes comments, indentation and spaces out of our own browser script, so that a report stays within its budget of
 * 250 kB of script without a bundler. It understands what the formatter writes, not JavaScript at large: statements
 * end in semicolons, a division has spaces around it and a regular expression has none after its slash, comments
 * stand on lines of their own, and no template contains another.
 */
export function compactScript(source: string): string {
  const lines = source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(?:\/\/|\/\*|\*)/.test(line));
  return lines.join("\n").replace(TOKEN, (text, spaced: string | undefined) => {
    if (spaced === undefined) return text;
    return spaced === "const " ? "let " : spaced.trim();
  });
}

/**
 * Strings, templates and regular expressions stay as they are; around marks that need no space it goes, line feeds
 * after a closing mark excepted. Plus and minus lose theirs only between two operands, because `a - -b` is not
 * `a--b`. What was checked as `const` may be `let`, which is shorter.
 */
const TOKEN =
  /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/(?![*/ =])(?:[^/\\\n[]|\\.|\[[^\]\n]*\])+\/[a-z]*|(\s*(?:=>|===|!==|>=|<=|&&|\|\||\?\?=|\?\?|[=<>?:,{([|*%^!])\s*|\s*[\])};] *|(?<=[\w)\]]) [-+/] (?=[\w(])|\bconst )/g;
