// Our page around Deep Chat: sets the component up as its documentation says, types
// into it as a user does, and reports what a reader sees. It changes nothing in the
// component: no interceptor, no wrapped fetch, no access to its internals.
//
// Reports go, in order, to the binding `midstreamReport`, as objects with a `what`:
//   text    answer number `answer` of the page shows `text` after its earlier text, or
//           in place of it, if `isReplaced`
//   error   an error bubble with `text` has appeared
//   tools   the component ran its function handler with `calls`
//   idle    the component takes input again; `hasError` if an error bubble is shown

import "/component.js";

const LETTERS = /[^\p{L}\p{N}]+/gu;
// Marks that Markdown swallows with letters or digits of their own: the target of a
// link, the language of a block of code, the number of a list's entry.
const SWALLOWED = /\]\([^)]*\)?|^\s*```\S*|^\s*\d+[.)]\s/gm;

let chat = null; // the component
const answers = []; // the text of each answer as it was last reported
const errors = new Set(); // the error bubbles that were reported, while on the page
let turn = null; // errors: the error bubbles of this turn; isChecking: a look is due

const report = (what, rest) => globalThis.midstreamReport({ what, ...rest });
const root = () => chat.shadowRoot;
const bubbles = (kind) => [...root().querySelectorAll(`#messages .${kind}`)];

function isBusy() {
  return root().querySelector("#stop-icon, .loading-button, .deep-chat-loading-message-bubble") !== null;
}

// The text that a person can read in `bubble`: `raw` itself, if all of it is shown except
// Markdown's marks; otherwise the shown text.
function readable(bubble, raw) {
  const seen = bubble.textContent.replace(LETTERS, "");
  if (seen === raw.replace(LETTERS, "")) return raw;
  const meant = raw.replace(SWALLOWED, "").replace(LETTERS, "");
  return seen === meant ? raw : bubble.textContent;
}

function look() {
  const shown = bubbles("ai-message-text").filter(
    (bubble) => !bubble.classList.contains("error-message-text") &&
      !bubble.classList.contains("deep-chat-loading-message-bubble"),
  );
  const held = chat.getMessages().filter((m) => m.role === "ai" && m.text !== undefined);
  shown.forEach((bubble, answer) => tell(answer, readable(bubble, held[answer]?.text ?? "")));
  for (const bubble of bubbles("error-message-text")) {
    if (errors.has(bubble)) continue;
    errors.add(bubble);
    turn?.errors.push(bubble);
    report("error", { text: bubble.textContent });
  }
  if (turn && !turn.isChecking && !isBusy()) {
    turn.isChecking = true;
    setTimeout(settle); // after all that the component does at the end of a response
  }
}

function tell(answer, text) {
  const before = answers[answer] ?? "";
  if (text === before) return;
  answers[answer] = text;
  const isReplaced = !text.startsWith(before);
  report("text", { answer, isReplaced, text: isReplaced ? text : text.slice(before.length) });
}

function settle() {
  if (!turn) return;
  turn.isChecking = false;
  if (!isBusy()) report("idle", { hasError: turn.errors.some((bubble) => bubble.isConnected) });
}

async function useTools(calls, outputs) {
  report("tools", { calls });
  return calls.map(({ name }) => outputs[name] ?? outputs["*"] ?? "null");
}

// Put the component on the page, with these of its properties.
globalThis.begin = ({ properties, baseUrl, key, model, tools }) => {
  const { promise, resolve } = Promise.withResolvers();
  const assistant = {
    custom_base_url: baseUrl,
    new_assistant: { model },
    function_handler: (calls) => useTools(calls, tools),
  };
  chat = document.createElement("deep-chat");
  chat.style = "width: 600px; height: 600px";
  Object.assign(chat, properties, {
    directConnection: { openAI: { key, assistant } },
    onComponentRender: () => resolve(),
  });
  document.body.append(chat);
  return promise.then(() => {
    const all = { childList: true, subtree: true, characterData: true, attributes: true };
    new MutationObserver(look).observe(root(), all);
  });
};

// Say `text` as the user does.
globalThis.say = (text) => {
  turn = { errors: [], isChecking: false };
  chat.submitUserMessage({ text });
};

// Say whether the component is still idle; if so, the turn is over.
globalThis.confirm = () => {
  if (isBusy()) return false;
  turn = null;
  return true;
};
