/** The world with its pages. */
import { listen, type SandboxServer } from '../sandbox/server.ts'
import { createApp } from './app.ts'
import { type DevWorld, startWorld, type WorldOptions } from './world.ts'

export type DevOptions = WorldOptions & {
  /** The port of the pages. If absent, it is the usual one, or a free one where that is taken. */
  readonly port?: number | undefined
}

export interface Dev {
  /** Of the pages. */
  readonly url: string
  readonly world: DevWorld
  close(): Promise<void>
}

const usualPort = 4747

/** Throws where the port is taken, and what `startWorld` throws. */
export async function startDev(options: DevOptions): Promise<Dev> {
  const world = await startWorld(options)
  try {
    const server = await serve(world, options.port)
    world.sandbox.mastodon.showAt(`${server.url}/timeline`)
    return {
      url: server.url,
      world,
      close: async () => {
        // The function's processes first: they would cost most if they were left over.
        await world.close()
        await server.close()
      },
    }
  } catch (error) {
    await world.close()
    throw error
  }
}

async function serve(world: DevWorld, port: number | undefined): Promise<SandboxServer> {
  const app = createApp(world)
  if (port !== undefined) return listen(app, { port })
  return listen(app, { port: usualPort }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') return listen(app)
    throw error
  })
}
