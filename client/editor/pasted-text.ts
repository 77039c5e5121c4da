/** Letters that one paste may bring: well under what one change may weigh on the wire, in any script. */
const mostPasted = 16_000;
/** Letters of one paragraph: the relay takes no longer string. */
const mostInParagraph = 4_000;

/**
 * Pasted text as paragraphs: one for each line, blank ones left out, very long ones cut at a blank. `isCut` says that
 * not everything fitted.
 */
export function pastedParagraphs(text: string): { readonly paragraphs: readonly string[]; readonly isCut: boolean } {
  const kept = text.slice(0, mostPasted);
  const paragraphs = kept
    .split(/[\r\n\u2028\u2029]+/)
    .filter((line) => line.trim() !== "")
    .flatMap(cutLong);
  return { paragraphs, isCut: kept.length < text.length };
}

function cutLong(line: string): string[] {
  const parts: string[] = [];
  let rest = line;
  while (rest.length > mostInParagraph) {
    const blank = rest.lastIndexOf(" ", mostInParagraph);
    // A line without blanks is cut where it must be, but not through a letter of two units.
    let at = blank > 0 ? blank : mostInParagraph;
    if (/[\uD800-\uDBFF]/.test(rest[at - 1] ?? "")) at -= 1;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...parts, rest];
}
