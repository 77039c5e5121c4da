import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RequestHandler } from "express";
import sirv from "sirv";

const notBuilt = "The screens are not built yet. Run `npm run build`, then start the server again.\n";

/**
 * The built client: files named after their content stay in the browser for a year, all others are asked for anew. Any
 * address without a file's ending is a screen of ours and gets the page.
 */
export function clientFiles(folder: string): RequestHandler {
  if (!existsSync(join(folder, "index.html"))) {
    return (_request, response) => {
      response.status(503).type("text/plain").send(notBuilt);
    };
  }
  const serve = sirv(folder, {
    single: true,
    etag: true,
    gzip: true,
    brotli: true,
    setHeaders: (response, pathname) => {
      const named = pathname.startsWith("/assets/");
      response.setHeader("Cache-Control", named ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  return (request, response, next) => {
    if (request.method === "GET" || request.method === "HEAD") serve(request, response, next);
    else next();
  };
}
