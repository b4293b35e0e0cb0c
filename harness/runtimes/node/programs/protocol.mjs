/**
 * The protocol of client programs, docs/client-protocol.md: JSON Lines, jobs in, ops out.
 *
 * Knows nothing of what the jobs are about. Several may run at once. Standard output
 * belongs to the protocol alone, so whatever prints, prints to standard error.
 */

import { writeSync } from "node:fs";

/**
 * Serves jobs until standard input ends or says bye.
 *
 * @param hello what the first line says besides "op" and "protocol"
 * @param converse async (job, emit, signal): holds one conversation; what it throws is
 *   a crash. emit(op) tells an op at once; signal is aborted when the job is cancelled.
 */
export function serve(hello, converse) {
  globalThis.console = new console.Console(process.stderr);
  const running = new Map(); // an AbortController for the name of each job

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

  // A program of its own would die of these. Which job it was, nobody can tell when
  // there are several.
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
 * Calls react with each object of standard input, a line each.
 *
 * Not node:readline, which takes U+2028 for the end of a line: JSON may hold it raw.
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

/** Writes one object as a line, and returns when the pipe has taken it. */
function tell(object) {
  let line = Buffer.from(`${JSON.stringify(object)}\n`);
  while (line.length > 0) {
    try {
      line = line.subarray(writeSync(1, line));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error; // else the pipe is full for the moment
    }
  }
}
