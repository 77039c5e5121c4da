const accents: Readonly<Record<string, string>> = {
  a: "á",
  b: "ƀ",
  c: "ç",
  d: "ð",
  e: "é",
  f: "ƒ",
  g: "ĝ",
  h: "ĥ",
  i: "í",
  j: "ĵ",
  k: "ķ",
  l: "ļ",
  m: "ɱ",
  n: "ñ",
  o: "ó",
  p: "þ",
  r: "ŕ",
  s: "š",
  t: "ţ",
  u: "ú",
  v: "ṽ",
  w: "ŵ",
  y: "ý",
  z: "ž",
};

/**
 * English made strange and about 40 % longer, `[Šáṽéð ~~]`, so that a test can see words that did not come from the
 * catalog and boxes that are too small. What stands in braces is left as it is.
 */
export function pseudo(text: string): string {
  let depth = 0;
  let out = "";
  for (const letter of text) {
    if (letter === "{") depth += 1;
    out += depth === 0 ? (accents[letter] ?? letter) : letter;
    if (letter === "}") depth -= 1;
  }
  return `[${out} ${"~".repeat(Math.ceil(text.length * 0.4))}]`;
}
