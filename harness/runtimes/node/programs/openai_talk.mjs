/**
 * One conversation with the openai SDK for Node.js. HelperTalk and RawTalk differ in how
 * they get a run's events, and in the messages that they hold at the end.
 *
 * Its claim is what the SDK lets its user believe: "complete" if nothing was thrown and
 * the last reported run did not end badly, as in harness/clients/_openai.py.
 */

import { words } from "./protocol.mjs";

const MODEL = "gpt-4o";
const ENDINGS = {
  failed: "failed",
  expired: "failed",
  cancelled: "cancelled",
  incomplete: "incomplete",
};

/** The part that both share. */
class Talk {
  constructor(OpenAI, client, job, emit, signal) {
    Object.assign(this, { OpenAI, job, emit, options: { signal } });
    this.threads = client.beta.threads;
    this.assistants = client.beta.assistants;
    this.held = new Map(); // a Map of texts by index, for each message's id
    this.run = null; // as last reported
  }

  /** Sends every turn and emits what the user sees. */
  async hold() {
    for (const [turn, text] of this.job.turns.entries()) {
      try {
        await this.say(text);
        this.close(turn);
      } catch (error) {
        if (!this.isDocumented(error)) throw error;
        this.emit({ op: "error", text: words(error) });
        this.emit({ op: "notice", text: words(error), level: "error" });
        const reason = error.constructor.name;
        this.emit({ op: "settle", turn, claim: "failed", reason });
      }
    }
    this.emit({ op: "final", messages: this.messages() });
  }

  async say(text) {
    if (!this.thread) {
      this.assistant = await this.assistants.create({ model: MODEL }, this.options);
      this.thread = await this.threads.create({}, this.options);
    }
    const message = { role: "user", content: text };
    await this.threads.messages.create(this.thread.id, message, this.options);
    this.run = null;
    await this.follow(null);
    while (this.run?.status === "requires_action") await this.follow(this.useTools());
  }

  /** Takes one event of a run, as the SDK delivers it. */
  see({ event: name = "", data }) {
    if (name.startsWith("thread.run.") && !name.includes("step")) this.run = data;
    if (name !== "thread.message.delta") return;
    for (const { index, type, text } of data.delta.content ?? []) {
      if (type === "text" && text?.value) this.show(data.id, index, text.value);
    }
  }

  show(message, part, text) {
    const parts = this.held.get(message) ?? new Map();
    this.held.set(message, parts.set(part, (parts.get(part) ?? "") + text));
    this.emit({ op: "append", message, part, text });
  }

  /** Runs the tools that the run asks for, and returns their outputs for submission. */
  useTools() {
    const calls = this.run.required_action.submit_tool_outputs.tool_calls;
    const { tools } = this.job;
    const outputs = calls.map(({ id, function: { name, arguments: given } }) => {
      this.emit({ op: "tool_exec", call_id: id, name, arguments: given });
      return { tool_call_id: id, output: tools[name] ?? tools["*"] ?? "null" };
    });
    this.emit({ op: "tool_submit", call_ids: calls.map((call) => call.id) });
    const run = this.run.id;
    this.run = null;
    return { run, body: { thread_id: this.thread.id, tool_outputs: outputs } };
  }

  /** Claims what the SDK lets its user believe. */
  close(turn) {
    const status = this.run?.status ?? "";
    const claim = ENDINGS[status] ?? "complete";
    if (claim !== "complete") {
      const details = this.run.last_error ?? this.run.incomplete_details ?? {};
      const text = `the run ended as ${status} ${JSON.stringify(details)}`;
      const level = claim === "failed" ? "error" : "warning";
      this.emit({ op: "notice", text, level });
    }
    this.emit({ op: "settle", turn, claim, reason: claim === "complete" ? "" : status });
  }

  messages() {
    return [...this.held].map(([message, parts]) => ({
      message,
      parts: Object.fromEntries(parts),
    }));
  }

  /**
   * Whether the documentation tells users to expect the error. The README's "Handling
   * errors" names APIError, an OpenAIError; a connection lost inside a body reaches users
   * as fetch's own TypeError, "terminated" (measured, openai 7.57.0 and 6.49.0).
   */
  isDocumented(error) {
    const network = ["terminated", "fetch failed"];
    return (
      error instanceof this.OpenAI.OpenAIError ||
      (error instanceof TypeError && network.includes(error.message))
    );
  }
}

/** Iterates over the raw stream, which has no snapshot. */
export class RawTalk extends Talk {
  async follow(start) {
    const { runs } = this.threads;
    const stream =
      start === null
        ? await runs.create(
            this.thread.id,
            { assistant_id: this.assistant.id, stream: true },
            this.options,
          )
        : await runs.submitToolOutputs(
            start.run,
            { ...start.body, stream: true },
            this.options,
          );
    for await (const event of stream) this.see(event);
  }
}

/** Listens to the helper's events, and keeps its final messages if there are any. */
export class HelperTalk extends Talk {
  async follow(start) {
    const { runs } = this.threads;
    const stream =
      start === null
        ? runs.stream(this.thread.id, { assistant_id: this.assistant.id }, this.options)
        : runs.submitToolOutputsStream(start.run, start.body, this.options);
    stream.on("event", (event) => this.see(event));
    for (const { id, content } of await stream.finalMessages()) {
      const texts = [...content.entries()]
        .filter(([, block]) => block?.type === "text")
        .map(([index, block]) => [index, block.text.value]);
      this.held.set(id, new Map(texts));
    }
  }
}
