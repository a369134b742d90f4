/** dynalite brings no types; this is what the sandbox uses of it. */
declare module 'dynalite' {
  import type { Server } from 'node:http'
  export default function dynalite(options: {
    /** A folder; in memory where absent. */
    readonly path?: string
    readonly createTableMs?: number
  }): Server
}
