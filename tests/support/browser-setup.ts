import { buildIfChanged } from "../../client/build-if-changed.ts";
import { chromiumOrInstall } from "./chromium.ts";

/** Once, before the browser tests: a browser to run them in, and the screens as they are now. */
export default async function setUp(): Promise<void> {
  process.env.CHROMIUM_PATH = chromiumOrInstall();
  await buildIfChanged();
}
