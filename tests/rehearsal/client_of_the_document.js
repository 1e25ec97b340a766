// SPDX-License-Identifier: LGPL-2.1-or-later
// A client that knows the service by its OpenAPI document alone: swagger-client makes the calls.
// node client_of_the_document.js FOLDER-WITH-node_modules DOCUMENT SERVER-URL
'use strict';
const [folder, file, server] = process.argv.slice(2);
const {readFileSync} = require('node:fs');
const {createRequire} = require('node:module');
const SwaggerClient = createRequire(folder + '/')('swagger-client');

async function main() {
  const spec = JSON.parse(readFileSync(file));
  spec.servers = [{url: server}];
  const client = await new SwaggerClient({spec, authorizations: {'access-token': 'any key will do'}});
  const calls = client.apis.api;
  const body = {
    model: 'klingai/video-v2-6-pro-text-to-video',
    prompt: 'A cheerful white raccoon running through a sequoia forest',
    aspect_ratio: '16:9', duration: 5,
  };
  const {id} = (await calls.submit({}, {requestBody: body})).body;
  let answer;
  do {
    await new Promise(resolve => setTimeout(resolve, 100));
    answer = (await calls.poll({generation_id: id})).body;
  } while (answer.status === 'queued' || answer.status === 'generating');
  const clip = Buffer.from(await (await fetch(answer.video.url)).arrayBuffer());
  console.log(answer.status, clip.length, clip.toString('latin1', 4, 8));
}

main().catch(error => { console.error(error); process.exit(1); });
