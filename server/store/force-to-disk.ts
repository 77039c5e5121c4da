import { closeSync, fsyncSync, openSync } from "node:fs";

/** Forces a file's bytes. Not for a database that this process has open: closing the descriptor drops its locks. */
export function forceFile(file: string): void {
  const descriptor = openSync(file, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A new file's name is safe only when its folder is. */
export function forceFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
