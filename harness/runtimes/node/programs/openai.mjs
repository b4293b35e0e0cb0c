/**
 * The official openai SDK for Node.js as a client program: `node openai.mjs NAME MODE DIR [RETRIES]`.
 *
 * NAME is the client's name in reports. MODE is "helper" for runs.stream(), or "raw" for
 * a loop over runs.create({ stream: true }). DIR holds the node_modules with the SDK.
 * RETRIES is how often the SDK may send a request again; by default, as shipped.
 *
 * Otherwise only the timeout is set, as a careful user would (the default is ten
 * minutes); it covers only the wait for the response's head.
 */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { serve } from "./protocol.mjs";
import { HelperTalk, RawTalk } from "./openai_talk.mjs";

const [name, mode, folder, retries] = process.argv.slice(2);
const sdk = join(folder, "node_modules", "openai");
const load = (file) => import(pathToFileURL(join(sdk, file)));
const { OpenAI } = await load("index.mjs");
const { VERSION } = await load("version.mjs");
const Talk = { helper: HelperTalk, raw: RawTalk }[mode];

// Node does not export the class of its connection pool; take it from fetch's own pool.
new Request("http://127.0.0.1/"); // creates fetch's pool
const Pool = globalThis[Symbol.for("undici.globalDispatcher.1")].constructor;

serve(
  {
    name,
    version: `${VERSION} on Node ${process.versions.node}`,
    level: 2,
    capabilities: ["tools"],
    concurrency: 1, // so that an unhandled rejection belongs to the one job
  },
  async (job, emit, signal) => {
    // Each job has its own connections, which end with it, as with a separate program.
    const pool = new Pool();
    const client = new OpenAI({
      baseURL: job.base_url,
      apiKey: job.api_key,
      timeout: job.idle_s * 1000,
      ...(retries && { maxRetries: Number(retries) }),
      fetchOptions: { dispatcher: pool },
    });
    try {
      await new Talk(OpenAI, client, job, emit, signal).hold();
    } finally {
      await pool.destroy();
    }
  },
);
