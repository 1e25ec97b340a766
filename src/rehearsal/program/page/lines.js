// SPDX-License-Identifier: LGPL-2.1-or-later
// Lines for a shell. Whatever a prompt holds stays one word of it.

const BASE = location.origin + "/v2";
export const ENDPOINT = BASE + "/video/generations";
const ENVIRONMENT = `AIMLAPI_BASE_URL=${BASE} AIMLAPI_API_KEY=\${AIMLAPI_API_KEY:-any}`;
const BEARER = '-H "Authorization: Bearer ${AIMLAPI_API_KEY:-any}"';
const MODEL = "klingai/video-v2-6-pro-text-to-video";

const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

// encodeURIComponent leaves what a shell or a URI parser may read in its own way.
const escaped = (text) => encodeURIComponent(text.toWellFormed())
  .replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

// The documented members of a request, and no other.
export function bodyOf(shot) {
  const body = { model: shot.model ?? MODEL, prompt: shot.prompt };
  if (shot.negative_prompt) body.negative_prompt = shot.negative_prompt;
  if (shot.aspect_ratio) body.aspect_ratio = shot.aspect_ratio;
  body.duration = shot.duration;
  if (shot.cfg_scale !== undefined && shot.cfg_scale !== null) body.cfg_scale = shot.cfg_scale;
  body.generate_audio = shot.generate_audio;
  return body;
}

// A URI, because gst-launch has a grammar of its own for quotes and backslashes.
export function gstSubmit(shot) {
  const settings = { ...bodyOf(shot) };
  delete settings.model;
  delete settings.prompt;
  const query = Object.entries(settings)
    .map(([name, value]) => `${name.replaceAll("_", "-")}=${escaped(String(value))}`).join("&");
  return `${ENVIRONMENT} \\\n  gst-launch-1.0 playbin3 uri='klingtext:${escaped(shot.prompt)}?${query}'`;
}

export const curlSubmit = (shot) =>
  `curl ${BEARER} -H 'Content-Type: application/json' \\\n` +
  `  -d ${quoted(JSON.stringify(bodyOf(shot)))} \\\n  ${ENDPOINT}`;

export const gstFollow = (id) =>
  `${ENVIRONMENT} \\\n  gst-launch-1.0 klingtextsrc generation-id=${quoted(id)} ! decodebin3 ! autovideosink`;

export const curlPoll = (id) =>
  `curl ${BEARER} \\\n  '${ENDPOINT}?generation_id=${escaped(id)}'`;

export const curlSave = (url) => `curl -o clip.mp4 ${quoted(new URL(url, location).href)}`;
