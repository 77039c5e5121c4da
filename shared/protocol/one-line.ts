/**
 * Whether a name or a title can stand in a list: words on one line, without blanks around them, without line breaks,
 * control and direction-override letters, and not made of letters of no width alone.
 */
export function isOneLine(text: string): boolean {
  if (text === "" || text !== text.trim()) return false;
  if (/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text)) return false;
  // Whoever is called by letters of no width alone could not be told apart, or pressed on.
  return /[\p{L}\p{N}\p{S}\p{P}]/u.test(text.replace(/[\u115f\u1160\u2800\u3164\uffa0]/g, ""));
}
