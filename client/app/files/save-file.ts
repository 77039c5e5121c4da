/** Hands a text to the browser as a file to keep, with and without a connection. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: Safari fetches the file after this turn has ended.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
