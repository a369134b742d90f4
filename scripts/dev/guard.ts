/** Only a person at this machine may use the pages; other sites in the same browser may not. */
import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import type { HonoEnv } from '../sandbox/server.ts'

/** Any other name was led here by a foreign DNS server. */
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
