/**
 * Makes one row of all that a lane's offline copy holds, in a worker: for a large board that is tenths of a second of work.
 * Resolves when it is done, or cannot be.
 */
export function compactInWorker(name: string): Promise<void> {
  return new Promise((resolve) => {
    let worker: Worker;
    try {
      worker = new Worker(new URL("./compact-copy.worker.ts", import.meta.url), { type: "module" });
    } catch {
      resolve();
      return;
    }
    const end = () => {
      worker.terminate();
      resolve();
    };
    worker.onmessage = end;
    worker.onerror = end;
    worker.postMessage(name);
  });
}
