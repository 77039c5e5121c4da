/**
 * Lets the app's own files open without a connection. Only the built app, and only where the browser allows it (https or
 * this machine). A newer version waits until its pages are opened anew: nothing reloads under anybody's hands.
 */
export function registerOfflinePages(): void {
  if (!import.meta.env.PROD || !window.isSecureContext || !("serviceWorker" in navigator)) return;
  // After the page has settled: the files it fetches are not to compete with the board.
  addEventListener("load", () => setTimeout(() => navigator.serviceWorker.register("/sw.js").catch(() => {}), 3_000), {
    once: true,
  });
}
