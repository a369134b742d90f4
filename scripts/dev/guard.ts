/** The pages are for whoever sits at this machine, and for no other site that their browser shows. */
import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import type { HonoEnv } from '../sandbox/server.ts'

/** A name that leads here by way of a foreign DNS is none of ours. */
const ours = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/

const mostBytes = 200 * 1024 * 1024

export function guard(app: Hono<HonoEnv>): void {
  app.use('*', async (c, next) => {
    if (!ours.test(c.req.header('host') ?? ''))
      return c.text('Expected 127.0.0.1 or localhost for the host but received another', 421)
    return next()
  })
  app.use(
    '*',
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'same-origin',
      strictTransportSecurity: false,
    }),
  )
  app.use('*', csrf())
  app.use('*', bodyLimit({ maxSize: mostBytes }))
}
