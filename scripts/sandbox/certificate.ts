/** The sandbox's Tumblr speaks HTTPS, because tumblr.js speaks nothing else. Its certificate is valid for this machine only. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { generate } from 'selfsigned'

export type Certificate = { readonly pem: string; readonly key: string }

const year = 365.25 * 24 * 3_600_000

async function makeCertificate(): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // Longer than any time a test skips.
    notBeforeDate: new Date(Date.now() - year),
    notAfterDate: new Date(Date.now() + 100 * year),
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { pem: made.cert, key: made.private }
}

let made: Promise<Certificate> | undefined

/** One for each process, so that it is made and trusted once. */
export const certificateOfThisProcess = (): Promise<Certificate> => {
  made ??= makeCertificate()
  return made
}

/** Makes this process trust it in `node:https` and in `fetch`, beside everything that it trusted before. */
export function trust({ pem }: Certificate): void {
  if (typeof tls.setDefaultCACertificates !== 'function') {
    trustInEachContext(pem)
    return
  }
  const trusted = tls.getCACertificates('default')
  if (!trusted.includes(pem)) tls.setDefaultCACertificates([...trusted, pem])
}

const trustedInEach = new Set<string>()

/** The same before Node 24.5. */
export function trustInEachContext(pem: string): void {
  if (trustedInEach.has(pem)) return
  trustedInEach.add(pem)
  const create = tls.createSecureContext
  tls.createSecureContext = (options) => {
    const made = create(options)
    made.context.addCACert(pem)
    return made
  }
}

/** Writes it into a file for the children of this process (`NODE_EXTRA_CA_CERTS`). */
export async function writeCertificate({
  pem,
}: Certificate): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'levity-sandbox-'))
  const path = join(folder, 'certificate.pem')
  await writeFile(path, pem)
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}
