// A client for midstream: a job a line comes in, an operation a line goes out.
import { createInterface } from "node:readline";

const say = (op, fields) => process.stdout.write(JSON.stringify({ op, ...fields }) + "\n");
const running = {}; // what cancels each job

async function post(job, path, body, signal) {
  const headers = { Authorization: `Bearer ${job.api_key}`, "OpenAI-Beta": "assistants=v2", "Content-Type": "application/json" };
  const response = await fetch(job.base_url + path, { method: "POST", headers, body: JSON.stringify(body), signal });
  return response.ok ? response : Promise.reject(new Error(`HTTP status ${response.status}`));
}

async function answer(job, content, signal) {
  job.thread ??= (await (await post(job, "/threads", {}, signal)).json()).id;
  const { id: assistant_id } = await (await post(job, "/assistants", { model: "gpt-4o" }, signal)).json();
  await post(job, `/threads/${job.thread}/messages`, { role: "user", content }, signal);
  const run = await post(job, `/threads/${job.thread}/runs`, { assistant_id, stream: true }, signal);
  let lines = [""], event = "";
  for await (const text of run.body.pipeThrough(new TextDecoderStream())) {
    lines = (lines.at(-1) + text).split("\n"); // the last one has not ended yet
    for (const line of lines.slice(0, -1)) {
      if (line.startsWith("event: ")) event = line.slice(7);
      if (event === "thread.run.completed") return;
      if (event === "thread.message.delta" && line.startsWith("data: ")) show(job.job, JSON.parse(line.slice(6)));
    }
  }
  throw new Error("the stream ended before the answer did");
}

const show = (job, { id, delta }) => delta.content.forEach(({ index, text }) => say("append", { job, message: id, part: index, text: text?.value ?? "" }));

async function converse(job) {
  running[job.job] = new AbortController();
  for (const [turn, text] of job.turns.entries()) {
    const signals = [running[job.job].signal, AbortSignal.timeout(job.total_s * 1000)];
    const failure = await answer(job, text, AbortSignal.any(signals)).catch((error) => error);
    if (failure) say("notice", { job: job.job, text: `There is no whole answer: ${failure.message}` });
    say("settle", { job: job.job, turn, claim: failure ? "failed" : "complete" });
  }
  say("end", { job: job.job });
}

say("hello", { protocol: 1, name: "my_client_js", version: "1.0", level: 1, concurrency: 8 });
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line); // a job or a cancel; bye closes standard input
  order.do === "job" ? converse(order) : running[order.job]?.abort();
}
