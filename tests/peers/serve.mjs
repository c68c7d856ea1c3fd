// The peers' pages, packages and models on a free loopback port.

import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { extname, join, normalize } from "node:path";

const HERE = import.meta.dirname;
/** What lies where: the beginning of an address, and its folder. @type {[string, string][]} */
const FOLDERS = [
  ["/packages/", join(HERE, "node_modules")],
  ["/pages/", join(HERE, "pages")],
];
const TYPES = new Map([
  [".html", "text/html"],
  [".js", "text/javascript"],
  [".json", "application/json"],
  [".wasm", "application/wasm"],
]);

/**
 * Flare 0.2.21 as it is published cannot be parsed: a comment ends in the middle of another.
 * @param {string} script
 */
function mended(script) {
  return script.replaceAll("{ /* done */ return; }", "{ return; }");
}

/**
 * Serves until `close` is called.
 * @param {string} models The folder behind `/models/`.
 */
export async function serve(models) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://peers").pathname);
    try {
      const file = place(path, models);
      const { size } = await stat(file);
      response.setHeader("content-type", TYPES.get(extname(file)) ?? "application/octet-stream");
      if (file.endsWith("flare_web.js")) {
        response.end(mended(await readFile(file, "utf8")));
        return;
      }
      response.setHeader("content-length", size);
      if (request.method === "HEAD") response.end();
      else createReadStream(file).pipe(response);
    } catch (error) {
      response.statusCode = 404;
      response.end(String(error));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** @param {string} path @param {string} models */
function place(path, models) {
  const clean = normalize(path);
  if (clean === "/prompts.json") return join(HERE, "prompts.json");
  for (const [prefix, folder] of FOLDERS.concat([["/models/", models]])) {
    if (clean.startsWith(prefix)) return join(folder, clean.slice(prefix.length));
  }
  throw new Error(`nothing is served at ${path}`);
}
