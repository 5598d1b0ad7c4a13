import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CLASSES, POLICIES, PRECEDENCE, type ReconcileClass } from "./classes.ts";
import { checkPolicies, DEFAULT_POLICIES } from "./policies.ts";

const doc = readFileSync(new URL("../../docs/reconcile.md", import.meta.url), "utf8");
const NAMES = Object.keys(CLASSES) as readonly ReconcileClass[];

function tableBelow(title: string): readonly string[] {
  const [, section = ""] = doc.split(`## ${title}`);
  const [text = ""] = section.split("\n## ");
  return text.split("\n").filter((line) => line.startsWith("| `"));
}

test("docs/reconcile.md lists every class with its subjects and policies, in the order of the table", () => {
  expect(tableBelow("Classes")).toEqual(
    NAMES.map((name) => {
      const { says, policy, allowed } = CLASSES[name];
      const subjects = Object.entries(PRECEDENCE)
        .filter(([, classes]) => (classes as readonly string[]).includes(name))
        .map(([subject]) => subject);
      return `| \`${name}\` | ${subjects.join(", ")} | ${says} | ${policy} | ${allowed.join(", ")} |`;
    }),
  );
});

test("docs/reconcile.md says what every policy does", () => {
  expect(tableBelow("Policies")).toEqual(
    Object.entries(POLICIES).map(([name, says]) => `| \`${name}\` | ${says} |`),
  );
});

test("every class is asked of a subject, its default is allowed, and match comes last", () => {
  const asked = new Set<string>(Object.values(PRECEDENCE).flat());
  expect([...asked].sort()).toEqual([...NAMES].sort());
  for (const name of NAMES) expect(CLASSES[name].allowed).toContain(CLASSES[name].policy);
  for (const classes of Object.values(PRECEDENCE)) {
    expect(classes[0]).toBe("inFlight");
    expect(classes.at(-1)).toBe("match");
  }
});

test("the defaults are those of the design", () => {
  expect(DEFAULT_POLICIES).toEqual({
    inFlight: "ignore",
    stuckUnknown: "quarantine",
    dust: "ignore",
    orphanPosition: "quarantine",
    ghostPosition: "adopt",
    sideFlip: "halt",
    sizeDrift: "adopt",
    missingProtection: "restore",
    staleProtection: "restore",
    missingOrder: "adopt",
    orphanOrder: "close",
    foreignOrder: "ignore",
    balanceDrift: "adopt",
    settingsDrift: "restore",
    match: "ignore",
  });
});

test("checkPolicies() takes allowed words over the defaults", () => {
  const policies = checkPolicies({ orphanPosition: "adopt", foreignOrder: "close" });
  expect(policies).toEqual({
    ...DEFAULT_POLICIES,
    orphanPosition: "adopt",
    foreignOrder: "close",
  });
});

test.each([
  [{ orphan: "adopt" }, 'Unknown reconcile class "orphan"', "inFlight, stuckUnknown"],
  [{ toString: "adopt" }, 'Unknown reconcile class "toString"', "inFlight, stuckUnknown"],
  [
    { ghostPosition: "close" },
    'Policy "close" is not for "ghostPosition"',
    "adopt, quarantine, halt",
  ],
  [{ ghostPosition: 7 }, 'Policy "7" is not for "ghostPosition"', "adopt, quarantine, halt"],
  [{ dust: undefined }, 'Policy "undefined" is not for "dust"', "ignore, adopt, quarantine"],
  [{ match: "halt" }, 'Policy "halt" is not for "match"', "One of ignore"],
])("checkPolicies(%j) is refused with the words that are allowed", (wanted, message, hint) => {
  expect(() => checkPolicies(wanted)).toThrow(
    expect.objectContaining({ code: "E_CONFIG", message, hint: expect.stringContaining(hint) }),
  );
});
