// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls to the service, and the page as one more client of it: what it submitted it polls for, so
// that failures armed for polls happen here as they would to any client.
import { ENDPOINT } from "/lines.js";

const PATIENCE = 10000;  // milliseconds for an answer
const token = document.querySelector("meta[name=token]").content;

// What was told of the generations that were submitted here: status, clip, error; by id.
export const own = new Map();

// The answer's JSON; an error that says what came instead.
export async function call(method, path, body) {
  const headers = { "X-Rehearsal-Token": token };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let reply;
  try {
    reply = await fetch(path, {
      method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Error("no answer came");
  }
  const text = await reply.text().catch(() => "");
  let answer = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    throw new Error(`an answer that is no JSON, with status ${reply.status}`);
  }
  if (!reply.ok) throw new Error(answer.message ?? `status ${reply.status}`);
  return answer;
}

// The service's three shapes of an error.
function wordsOf(error) {
  if (!error) return "";
  if (typeof error === "string") return error;
  if (Array.isArray(error.detail)) return error.detail.map((detail) => detail.msg).join("; ");
  return [error.name, error.message].filter(Boolean).join(": ");
}

async function poll(id, known) {
  if (known.asking || known.status === "completed" || known.status === "error") return;
  known.asking = true;
  try {
    const answer = await call("GET", `${ENDPOINT}?generation_id=${encodeURIComponent(id)}`);
    own.set(id, { status: String(answer.status), clip: answer.video?.url, error: wordsOf(answer.error) });
  } catch (error) {
    own.set(id, { ...known, asking: false, error: `Asked for the status: ${error.message}` });
  }
}

export async function submitOwn(body) {
  const { id } = await call("POST", ENDPOINT, body);
  own.set(id, { status: "queued" });
}

export function pollOwn() {
  for (const [id, known] of own) poll(id, known);
}
