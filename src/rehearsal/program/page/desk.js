// SPDX-License-Identifier: LGPL-2.1-or-later
// The desk of the rehearsal: asks for the state of the service again and again, and shows it.
// Texts of strangers become text nodes, never markup; the page's policy would refuse anything else.
import { bodyOf, curlPoll, curlSave, curlSubmit, gstFollow, gstSubmit } from "/lines.js";
import { call, own, pollOwn, submitOwn } from "/service.js";

const BUSY_PAUSE = 500;  // milliseconds between two questions while something is under way
const IDLE_PAUSE = 1500;
const LAST = 100;        // generations and requests to show
const $ = (id) => document.getElementById(id);
const cards = new Map();  // by generation's id

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// Writing what is there already would undo a reader's selection.
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// What is cut can be reached by keyboard, and is shown whole then.
const CLAMPED = ".prompt, .line pre";
const clamped = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target === document.activeElement) continue;
    if (target.scrollHeight > target.clientHeight + 1) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

/* The form */

function shotInForm() {
  const form = $("compose").elements;
  return {
    prompt: form.prompt.value,
    negative_prompt: form.negative_prompt.value,
    aspect_ratio: form.aspect_ratio.value,
    duration: Number(form.duration.value),
    cfg_scale: form.cfg_scale.value === "" ? undefined : Number(form.cfg_scale.value),
    generate_audio: form.generate_audio.checked,
  };
}

function showLinesOfForm() {
  const shot = shotInForm();
  shot.prompt ||= "A raccoon";
  say($("line-gst"), gstSubmit(shot));
  say($("line-curl"), curlSubmit(shot));
}

async function submit(event) {
  event.preventDefault();
  say($("refusal"), "");
  try {
    await submitOwn(bodyOf(shotInForm()));
  } catch (error) {
    say($("refusal"), `Not accepted: ${error.message}`);
  }
  refresh();
}

/* Generations */

// The hue that the slate of this prompt has.
async function hueOf(prompt) {
  if (!crypto.subtle) return 0.7;  // not on a loopback address, and without TLS
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("hue\n" + prompt));
  const [a, b, c] = new Uint8Array(digest);
  return (a * 65536 + b * 256 + c) / 0x1000000;
}

function cardOf(generation) {
  const card = $("card").content.firstElementChild.cloneNode(true);
  card.dataset.id = generation.id;
  hueOf(generation.prompt).then((hue) => card.style.setProperty("--hue", hue));
  say(card.querySelector(".prompt"), generation.prompt);
  if (generation.negative_prompt) {
    card.querySelector(".negative").hidden = false;
    say(card.querySelector(".negative"), generation.negative_prompt);
  }
  const facts = {
    take: generation.take,
    aspect: generation.aspect_ratio ?? "unset",
    length: `${generation.duration} s`,
    CFG: generation.cfg_scale ?? "unset",
    sound: generation.generate_audio ? "on" : "off",
    id: generation.id,
  };
  card.querySelector("dl").append(...Object.entries(facts).map(([name, value]) =>
    element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: value }))));
  say(card.querySelector(".gst"), gstFollow(generation.id));
  say(card.querySelector(".poll"), curlPoll(generation.id));
  say(card.querySelector(".again"), curlSubmit(generation));
  card.querySelectorAll(CLAMPED).forEach((node) => clamped.observe(node));
  card.querySelector(".save").parentElement.hidden = true;
  return card;
}

function showClip(card, generation) {
  const video = card.querySelector("video");
  if (!generation.clip || video.hasAttribute("src")) return;
  video.src = generation.clip;
  video.hidden = false;
  card.querySelector(".waiting").hidden = true;
  say(card.querySelector(".save"), curlSave(generation.clip));
  card.querySelector(".save").parentElement.hidden = false;
}

const isLive = ({ status }) => status !== "completed" && status !== "error";

function showGeneration(generation) {
  const card = cards.get(generation.id);
  const elapsed = Math.max(0, Date.now() - generation.accepted);
  card.dataset.status = generation.status;
  say(card.querySelector(".pill"), generation.status);
  const begun = new Date(generation.accepted).toLocaleTimeString();
  const live = isLive(generation);
  const seconds = Math.floor(elapsed / 1000);
  const left = Math.ceil((generation.total - elapsed) / 1000);
  const forecast = left > 0 ? `about ${left} s left` : "due";
  say(card.querySelector(".when"), live ? `${seconds} s, ${forecast}, since ${begun}` : `from ${begun}`);
  say(card.querySelector(".figure"), live ? `${seconds} s` : generation.status);
  const progress = card.querySelector("progress");
  progress.hidden = !live;
  progress.value = Math.min(0.98, elapsed / Math.max(1, generation.total));
  card.querySelector(".error").hidden = !generation.error;
  say(card.querySelector(".error"), generation.error ?? "");
  showClip(card, generation);
}

function showGenerations(all) {
  const list = $("generations");
  for (const generation of all) {
    if (!cards.has(generation.id)) {
      cards.set(generation.id, cardOf(generation));
      list.prepend(cards.get(generation.id));
    }
    showGeneration(generation);
  }
  const known = new Set(all.map((generation) => generation.id));
  for (const [id, card] of cards) {
    if (known.has(id)) continue;
    card.remove();
    cards.delete(id);
  }
  $("none-yet").hidden = all.length > 0;
}

/* Failures and requests */

async function arm(text) {
  say($("fault-refusal"), "");
  try {
    await call("POST", "/rehearsal/faults", { fault: text });
    $("fault").value = "";
  } catch (error) {
    say($("fault-refusal"), error.message);
  }
  refresh();
}

const disarm = (number) => call("DELETE", "/rehearsal/faults" + (number ? `/${number}` : ""))
  .catch((error) => say($("fault-refusal"), error.message)).finally(refresh);

function showFaultButtons(names) {
  if ($("fault-buttons").childElementCount > 0) return;
  const groups = { submit: "On a submission", poll: "On a poll", clip: "On a download", any: "On any request" };
  for (const [on, title] of Object.entries(groups)) {
    $("fault-buttons").append(element("h3", { textContent: title }));
    for (const { name, meaning } of names.filter((known) => known.on === on)) {
      const button = element("button", { type: "button", textContent: name });
      button.dataset.fault = name;
      button.addEventListener("click", () => arm(name));
      for (const event of ["pointerenter", "focus"]) {
        button.addEventListener(event, () => say($("meaning"), `${name}: ${meaning}`));
      }
      $("fault-buttons").append(button);
      $("fault-names").append(element("option", { value: name }));
    }
  }
}

const WHEN = {
  submit: "at the next submission",
  poll: "at the next poll: this page polls what was submitted on it; a client polls its own",
  clip: "at the next download of a clip",
  any: "at the next request",
};

function armedItem(fault) {
  const left = fault.times === 0 ? "until it is disarmed" : `${fault.times - fault.happened} × to come`;
  const detail = [WHEN[fault.on] ?? `on ${fault.on}`, left, `happened ${fault.happened} ×`];
  if (fault.generation) detail.push(`only for ${fault.generation}`);
  return element("li", {},
    element("span", { className: "what" }, fault.fault, element("small", { textContent: detail.join(", ") })),
    element("button", {
      type: "button", textContent: "Disarm", onclick: () => disarm(fault.number),
      ariaLabel: `Disarm ${fault.fault}`,
    }));
}

// Built anew only when it changed, so that the button under a finger stays.
function showList(list, items, make) {
  const state = JSON.stringify(items);
  if (list.dataset.state === state) return;
  list.dataset.state = state;
  list.replaceChildren(...items.map(make));
}

function logItem(line) {
  const time = new Date(line.time).toLocaleTimeString();
  const bad = line.fault || line.status === 0 || line.status >= 400;
  return element("li", { title: time },
    element("span", { className: bad ? "code bad" : "code", textContent: line.status || "none" }),
    element("span", { textContent: line.method }),
    element("span", { className: "path", textContent: line.path }),
    element("span", { className: "bad", textContent: line.fault ?? "" }));
}

/* The state */

function showFaults({ names, armed }) {
  showFaultButtons(names);
  showList($("armed"), armed, armedItem);
  $("none-armed").hidden = armed.length > 0;
  $("disarm-all").hidden = armed.length < 2;
}

function showTally(generations) {
  const seconds = generations.filter(({ status }) => status === "completed")
    .reduce((sum, { duration }) => sum + duration, 0);
  const count = generations.length === 1 ? "1 generation" : `${generations.length} generations`;
  say($("tally"), `${count}, ${seconds} s of video, nothing to pay`);
}

function showRequests({ requests }, counters) {
  showList($("log"), requests.toReversed(), logItem);
  const counts = Object.entries(counters.requests).map(([kind, count]) => `${count} ${kind}`);
  say($("counters"), counts.join(", ") || "None yet.");
}

// Whether something is under way.
function show({ generations }, faults, log, counters) {
  pollOwn();
  const all = generations.map((generation) => ({ ...generation, ...own.get(generation.id) }));
  showGenerations(all);
  showTally(all);
  showFaults(faults);
  showRequests(log, counters);
  return all.some(isLive);
}

let timer = 0;
let asking = false;
async function refresh() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  let state;
  try {
    state = await Promise.all(
      [`generations?last=${LAST}`, "faults", `log?last=${LAST}`, "counters"]
        .map((part) => call("GET", `/rehearsal/${part}`)));
  } catch {
    state = undefined;
  }
  asking = false;
  $("connection").classList.toggle("lost", !state);
  say($("connection"), state ? "live" : "The service does not answer; trying again");
  const busy = state && show(...state);
  if (!document.hidden) timer = setTimeout(refresh, busy ? BUSY_PAUSE : IDLE_PAUSE);
}

/* Copying and keys */

let copiedTimer = 0;

async function copy(button) {
  const source = button.previousElementSibling;
  const what = button.parentElement.querySelector(".label")?.textContent ?? "the address";
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    say($("copied"), `Copied: ${what}`);  // also where the line itself is folded
  } catch {  // not on a loopback address: select it, for the user's own Ctrl+C
    const folded = button.closest("details");
    if (folded) folded.open = true;
    getSelection().selectAllChildren(source);
    button.textContent = "Selected";
    say($("copied"), `Selected: ${what}`);
  }
  clearTimeout(copiedTimer);
  copiedTimer = setTimeout(() => {
    document.querySelectorAll("button.copy").forEach((one) => say(one, "Copy"));
    say($("copied"), "");
  }, 2000);
}

function step(by) {
  const all = [...$("generations").children];
  const here = all.indexOf(document.activeElement?.closest(".card"));
  const next = all[Math.min(all.length - 1, Math.max(0, here + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const currentCard = () => document.activeElement?.closest(".card") ?? $("generations").firstElementChild;

const keys = {
  n: () => $("prompt").focus(),
  f: () => $("fault").focus(),
  j: () => step(1),
  k: () => step(-1),
  p: () => {
    const video = currentCard()?.querySelector("video[src]");
    if (video) video.paused ? video.play() : video.pause();
  },
  c: () => {
    const card = currentCard();
    if (card) copy(card.querySelector(".gst + .copy"));
  },
};

function pressed(event) {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form === $("compose")) {
    return $("compose").requestSubmit();
  }
  if (event.key === "Escape" && typing) return typing.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

$("fault-list").open = matchMedia("(min-width: 62rem)").matches;
document.querySelectorAll(".line pre").forEach((node) => clamped.observe(node));
say($("base"), location.origin + "/v2");
showLinesOfForm();
$("compose").addEventListener("submit", submit);
$("compose").addEventListener("input", showLinesOfForm);
$("arm").addEventListener("submit", (event) => { event.preventDefault(); arm($("fault").value); });
$("disarm-all").addEventListener("click", () => disarm());
document.addEventListener("click", (event) => {
  if (event.target.matches("button.copy")) copy(event.target);
});
document.addEventListener("focusout", ({ target }) => {
  if (target.matches(CLAMPED)) target.scrollTop = 0;
});
document.addEventListener("keydown", pressed);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
refresh();
