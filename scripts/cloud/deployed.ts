/** A record of what this folder has deployed, `.levity/deployed-<stage>.json`, so that no run on this machine posts the same. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as v from 'valibot'

const Deployed = v.object({
  stage: v.string(),
  account: v.string(),
  region: v.string(),
  routes: v.array(
    v.object({
      route: v.string(),
      /** As the settings name it; absent where it stands in Parameter Store. */
      blog: v.optional(v.string()),
      /** The origin of the Mastodon server. */
      server: v.optional(v.string()),
    }),
  ),
})

export type Deployed = v.InferOutput<typeof Deployed>

const fileName = /^deployed-(.+)\.json$/
const pathOf = (folder: string, stage: string): string => resolve(folder, '.levity', `deployed-${stage}.json`)

export async function writeDeployed(folder: string, deployed: Deployed): Promise<void> {
  await mkdir(resolve(folder, '.levity'), { recursive: true })
  await writeFile(pathOf(folder, deployed.stage), `${JSON.stringify(deployed, undefined, 2)}\n`)
}

/** Undefined where this folder has not deployed the stage. */
async function readDeployed(folder: string, stage: string): Promise<Deployed | undefined> {
  const text = await readFile(pathOf(folder, stage), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : v.parse(v.pipe(v.string(), v.parseJson(), Deployed), text)
}

/** Every stage that this folder has deployed and not destroyed. */
export async function readAllDeployed(folder = '.'): Promise<readonly Deployed[]> {
  const names = await readdir(resolve(folder, '.levity')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const stages = names.flatMap((name) => fileName.exec(name)?.[1] ?? [])
  const all = await Promise.all(stages.map((stage) => readDeployed(folder, stage)))
  return all.filter((one) => one !== undefined)
}

/** Removes the record of a stage, unless it was deployed in another account or region. */
export async function forgetDeployed(
  folder: string,
  stage: string,
  where: Pick<Deployed, 'account' | 'region'>,
): Promise<void> {
  const deployed = await readDeployed(folder, stage)
  if (deployed?.account === where.account && deployed.region === where.region)
    await rm(pathOf(folder, stage), { force: true })
}
