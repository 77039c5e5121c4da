import { join } from "node:path";
import type { OpenFailure } from "./store/open-store.ts";

/** The one file that keeps everything. */
export const storeFileOf = (dataDir: string): string => join(dataDir, "alongside.sqlite");

/** Why it could not be opened, for the person at the terminal. */
export function openFailureSentence(failure: OpenFailure): string {
  const { file } = failure;
  switch (failure.kind) {
    case "store-damaged":
      return `The data file ${file} is damaged (${failure.detail}). Nothing was changed. Put a good copy of it in its place.`;
    case "store-newer":
      return `The data file ${file} was written by a newer version of Alongside. Nothing was changed. Start that version.`;
    case "store-other-key":
      return `The data file ${file} was made with another key. Nothing was changed. Start with the key that it was made with.`;
    case "store-in-use":
      return `The data file ${file} is in use by another Alongside server. Stop that one, or choose another DATA_DIR.`;
    case "store-failing": {
      const why = { full: "its disk is full", "read-only": "it cannot be written", failing: failure.detail }[
        failure.why
      ];
      return `The data file ${file} cannot be opened: ${why}. Check the space and the rights there, or choose another DATA_DIR.`;
    }
  }
}
