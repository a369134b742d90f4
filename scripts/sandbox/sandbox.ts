/** The world on one machine: a Tumblr, a Mastodon and a DynamoDB, for the first run, for development and for tests. */
import { fillBlog, sandboxBlog } from './blog.ts'
import { certificateOfThisProcess, trust, writeCertificate } from './certificate.ts'
import { type LedgerOptions, type LedgerSandbox, sandboxAws, startLedger } from './dynamodb/dynamodb.ts'
import { type MastodonOptions, type MastodonSandbox, startMastodon } from './mastodon/mastodon.ts'
import { Switchboard } from './switchboard.ts'
import { startTumblr, type TumblrOptions, type TumblrSandbox } from './tumblr/tumblr.ts'

export type SandboxOptions = {
  readonly tumblr?: TumblrOptions
  readonly mastodon?: MastodonOptions
  readonly ledger?: LedgerOptions
  /** `pretty`: the blog `hillside` with a handful of posts. `empty`: the blog without any. `none`: no blog. */
  readonly content?: 'pretty' | 'empty' | 'none'
}

export interface Sandbox {
  readonly switchboard: Switchboard
  readonly tumblr: TumblrSandbox
  readonly mastodon: MastodonSandbox
  readonly ledger: LedgerSandbox
  /** All variables a run needs. Read it anew after `switchboard.advance`, for `SANDBOX_SKEW_MS`. */
  readonly env: Readonly<Record<string, string>>
  /** Makes this process trust the sandbox's certificate. A child gets it by `NODE_EXTRA_CA_CERTS`. */
  trust(): void
  /** Cuts all connections and frees everything. */
  close(): Promise<void>
}

/** For `node --import`: lets a child live in the sandbox's time (`SANDBOX_SKEW_MS` of `env`). */
export const clockShift: string = new URL('./clock-shift.mjs', import.meta.url).href

/** Ports are free ones on 127.0.0.1 unless the options fix them. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const switchboard = new Switchboard()
  const certificate = await certificateOfThisProcess()
  const opened: (() => Promise<void>)[] = []
  const open = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting
    opened.push(() => started.close())
    return started
  }
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((shut) => shut()))
  }
  try {
    const file = await writeCertificate(certificate)
    opened.push(file.remove)
    const tumblr = await open(startTumblr(switchboard, certificate, options.tumblr))
    const mastodon = await open(startMastodon(switchboard, options.mastodon))
    const ledger = await open(startLedger(switchboard, options.ledger))
    if (options.content === 'empty') tumblr.addBlog({ name: sandboxBlog })
    else if (options.content !== 'none') fillBlog(tumblr, switchboard.clock.now())
    return {
      switchboard,
      tumblr,
      mastodon,
      ledger,
      get env() {
        return variables({ tumblr, mastodon, ledger, switchboard }, file.path)
      },
      trust: () => trust(certificate),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const variables = (
  { tumblr, mastodon, ledger, switchboard }: Pick<Sandbox, 'tumblr' | 'mastodon' | 'ledger' | 'switchboard'>,
  certificatePath: string,
): Readonly<Record<string, string>> => ({
  TUMBLR_BLOG: sandboxBlog,
  TUMBLR_CONSUMER_KEY: tumblr.keys.consumerKey,
  TUMBLR_API_URL: tumblr.url,
  MASTODON_URL: mastodon.url,
  MASTODON_ACCESS_TOKEN: mastodon.accessToken,
  LEVITY_TABLE: ledger.tableName,
  AWS_ENDPOINT_URL_DYNAMODB: ledger.url,
  ...sandboxAws,
  NODE_EXTRA_CA_CERTS: certificatePath,
  SANDBOX_SKEW_MS: String(switchboard.skew),
})
