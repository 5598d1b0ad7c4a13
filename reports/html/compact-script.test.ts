import { expect, test } from "vitest";
import { compactScript } from "./compact-script.ts";

test.each([
  ["const a = b + c;", "let a=b+c;"],
  ["a = b - -c;", "a=b - -c;"],
  ["x = i++ + ++j;", "x=i++ + ++j;"],
  ["x = a / b / c;", "x=a/b/c;"],
  ["// note\n  f(1, 2);\n  /** doc */\n  g();", "f(1,2);\ng();"],
  ["/**\n * const a = 1;\n */\nh();", "h();"],
  ['s = "a = b,  c // d";', 's="a = b,  c // d";'],
  ["s = `const x = ${a + b} , y`;", "s=`const x = ${a + b} , y`;"],
  ['s.replace(/[", ] = (a)/g, "=> b");', 's.replace(/[", ] = (a)/g,"=> b");'],
  ["if (a) {\n  b();\n} else {\n  c();\n}\nd();", "if(a){b();}else{c();}\nd();"],
  ["return [...a];", "return[...a];"],
  ["x = a ? -1 : 1;", "x=a?-1:1;"],
  ["for (const x of [1, 2]) f(x);", "for(let x of[1,2])f(x);"],
])("%j becomes %j", (source, expected) => {
  expect(compactScript(source)).toBe(expected);
});
