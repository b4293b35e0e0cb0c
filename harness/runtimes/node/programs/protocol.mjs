/**
 * The protocol of client programs, docs/client-protocol.md: JSON Lines, jobs in, ops out.
 *
 * It does not know what the jobs do. Several may run at once. Standard output is for the
 * protocol alone, so console output goes to standard error.
 */

import { writeSync } from "node:fs";

/**
 * Serves jobs until standard input ends or says bye.
 *
 * @param hello the fields of the first line besides "op" and "protocol"
 * @param converse async (job, emit, signal): holds one conversation; an exception is a
 *   crash. emit(op) writes an op at once; signal is aborted when the job is cancelled.
 */
export function serve(hello, converse) {
  globalThis.console = new console.Console(process.stderr);
  const running = new Map(); // an AbortController for each job, by its name

  function end(name, crash = {}) {
    if (running.delete(name)) tell({ op: "end", job: name, ...crash });
  }

  function start(job) {
    const controller = new AbortController();
    running.set(job.job, controller);
    const emit = (op) => {
      if (running.get(job.job) === controller) tell({ ...op, job: job.job });
    };
    converse(job, emit, controller.signal).then(
      () => end(job.job),
      (error) => end(job.job, { crash: words(error) }),
    );
  }

  function cancel(name) {
    const controller = running.get(name);
    end(name);
    controller?.abort();
  }

  // A separate program would die of these errors. With several jobs, nobody can tell
  // which one caused it.
  function fall(error) {
    console.error(error);
    for (const [name, controller] of [...running]) {
      end(name, { crash: `unhandled ${words(error)}` });
      controller.abort();
    }
  }
  process.on("uncaughtException", fall); // rejections that nobody awaits come here, too

  tell({ op: "hello", protocol: 1, ...hello });
  listen((order) => {
    if (order.do === "job") start(order);
    else if (order.do === "cancel") cancel(order.job);
    else if (order.do === "bye") process.exit(0);
    else throw new Error(`no order is called ${order.do}`);
  });
}

/** Returns an error's class and message. */
export function words(error) {
  return error instanceof Error
    ? `${error.constructor.name}: ${error.message}`
    : String(error);
}

/**
 * Calls react with the object in each line of standard input.
 *
 * It does not use node:readline, which ends lines at U+2028; JSON may contain it raw.
 */
function listen(react) {
  let rest = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.trim()) react(JSON.parse(line));
  });
  process.stdin.on("end", () => process.exit(0));
}

/** Writes one object as a line, and returns when the pipe has accepted it. */
function tell(object) {
  let line = Buffer.from(`${JSON.stringify(object)}\n`);
  while (line.length > 0) {
    try {
      line = line.subarray(writeSync(1, line));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error; // EAGAIN: the pipe is full for now
    }
  }
}
