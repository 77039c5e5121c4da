/**
 * Somebody's name or words for use inside a sentence of the screen, so that an Arabic name in an English sentence, or the
 * other way round, does not turn its neighbours about. For text that cannot hold a `<bdi>`: labels, messages, options.
 */
export function isolate(words: string): string {
  return `\u2068${words}\u2069`;
}
