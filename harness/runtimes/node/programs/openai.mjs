/**
 * The official openai SDK for Node.js as a client program: `node openai.mjs NAME MODE DIR [RETRIES]`.
 *
 * NAME is what it is called in reports. MODE is "helper" for runs.stream(), or "raw" for
 * a loop over runs.create({ stream: true }). DIR holds the node_modules with the SDK.
 * RETRIES is how often it may send a request again; without it, it runs as shipped.
 *
 * Otherwise only the timeout is set, as any careful user does (the default is ten
 * minutes); it ends with the response's head.
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

// Node does not export its connection pool's class; the one that fetch uses is of it.
new Request("http://127.0.0.1/"); // brings the pool into being
const Pool = globalThis[Symbol.for("undici.globalDispatcher.1")].constructor;

serve(
  {
    name,
    version: `${VERSION} on Node ${process.versions.node}`,
    level: 2,
    capabilities: ["tools"],
    concurrency: 1, // so that an unhandled rejection can be told whose it is
  },
  async (job, emit, signal) => {
    // Each job has connections of its own, which end with it, as they do with a program.
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
