/** Tumblr's envelope: `{meta, response, errors}`. */
import type { Context } from 'hono'
import type { HonoEnv } from '../server.ts'

const messages: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  429: 'Limit Exceeded',
}

/** Tumblr picks one at random, so no program may read them. */
const thuds = [
  'Tumblr went thud. Try again.',
  'Minor hiccup. Try again.',
  'Something flubbed. Try again.',
  'Well, that was unexpected. Try again.',
]

/** Ids are sent as numbers beyond 2^53, beside `id_string`. */
const sendRaw = (value: unknown): string =>
  JSON.stringify(value).replace(/"id":"(\d+)","id_string"/g, '"id":$1,"id_string"')

export function answer(c: Context<HonoEnv>, response: unknown): Response {
  return send(c, 200, { meta: { status: 200, msg: messages[200] }, response })
}

export function refuse(
  c: Context<HonoEnv>,
  status: 400 | 401 | 404 | 429,
  code = 0,
  detail = thuds[Math.floor(Math.random() * thuds.length)],
): Response {
  const title = messages[status]
  return send(c, status, {
    meta: { status, msg: title },
    response: [],
    errors: [{ title, code, detail }],
  })
}

const send = (c: Context<HonoEnv>, status: 200 | 400 | 401 | 404 | 429, body: unknown): Response =>
  c.body(sendRaw(body), status, { 'content-type': 'application/json; charset=utf-8' })
