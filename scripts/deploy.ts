/**
 * `npm run deploy`: makes or changes a stage on AWS, with the settings of `.env.<stage>` (prod, or `--stage dev`). Exit code
 * 0: it is deployed, or was so already. 1: it is not, with the reason; or the function fails.
 */
import { resolve } from 'node:path'
import { secretsOf } from '../src/core/config/route.ts'
import { redact } from '../src/core/config/secrets.ts'
import { buildPackage } from './build.ts'
import { type Account, identify, openAws } from './cloud/aws.ts'
import { ensureBucket } from './cloud/bucket.ts'
import { type Arch, command, type DeployFlags, readDeployFlags } from './cloud/deploy-flags.ts'
import { writeDeployed } from './cloud/deployed.ts'
import { archOf, type Deployment, deployStack, readGiven } from './cloud/deployment.ts'
import { offerFirstPost } from './cloud/first-post.ts'
import { checkLimits, checkSilence } from './cloud/limits.ts'
import { expectNotElsewhere } from './cloud/other-region.ts'
import { type Package, readPackage, removeOldPackages, uploadPackage } from './cloud/packages.ts'
import { readSettings, type Settings, secretsIn } from './cloud/settings.ts'
import { findStack, nameOf, type Stack } from './cloud/stack.ts'
import { askStage, type Stage } from './cloud/stage.ts'
import { describeDeployment } from './cloud/summary.ts'
import { checkParameter, readTemplateFor, type Template } from './cloud/template.ts'
import type { Given } from './terminal/arguments.ts'
import { createTell, run } from './terminal/command.ts'
import { Refusal } from './terminal/refusal.ts'

type Tell = (line: string) => void

async function deploy(given: Given<typeof command>): Promise<void> {
  const flags = readDeployFlags(given)
  const settings = await readSettings(flags.stage)
  settings.warnings.forEach(createTell())
  const template = await prepareTemplate(flags, settings)
  const cli = await openAws({ ...flags, secrets: secretsIn(settings) })
  const [aws, stage] = await Promise.all([identify(cli), askStage(cli, settings)])
  await expectNotElsewhere(aws, flags, flags.stage)
  checkAlarms(template, flags, stage.stack)
  const parameters = readGiven(aws, settings, flags, stage)
  const secrets = [...secretsIn(settings), ...secretsOf(stage.config.routes)]
  const tell = createTell(secrets)
  stage.warnings.forEach(tell)
  const built = await preparePackage(aws, flags, archOf(flags, stage.stack), tell)
  const deployment = { flags, template, given: parameters, package: built, stack: stage.stack }
  const outcome = await deployStack(aws, deployment, tell).catch((error: unknown) => {
    // Some services repeat in their refusal what they were given.
    throw error instanceof Refusal ? new Refusal(redact(error.message, secrets)) : error
  })
  if (outcome === 'shown') return tell('Nothing was changed.')
  await writeDeployed(describeStage(aws, flags.stage, stage))
  if (outcome === 'unchanged') return tell(`${nameOf(flags.stage)} is as it should be: nothing was changed.`)
  await finish(aws, { ...deployment, ...stage }, outcome, tell)
}

/** Everything that shows without asking anybody. */
async function prepareTemplate(flags: DeployFlags, settings: Settings): Promise<Template> {
  const template = await readTemplateFor(Object.keys(settings.variables))
  checkLimits(settings, template, nameOf(flags.stage))
  for (const [id, { value, flag }] of flags.parameters) checkParameter(template, id, value, flag)
  return template
}

/** What is not given stays as it is. */
function checkAlarms(template: Template, { parameters }: DeployFlags, stack: Stack | undefined): void {
  const stated = (id: string): string =>
    parameters.get(id)?.value ?? stack?.parameters.get(id) ?? String(template.parameters.get(id)?.Default)
  checkSilence(stated('Schedule'), Number(stated('SilenceHours')))
}

async function preparePackage(aws: Account, flags: DeployFlags, arch: Arch, tell: Tell): Promise<Package> {
  const built = await readPackage(
    flags.package ? resolve(flags.package) : await build(arch, tell),
    flags.stage,
  )
  if (!flags.dryRun) {
    if ((await ensureBucket(aws)) === 'created') tell('The bucket for packages is made.')
    if ((await uploadPackage(aws, built)) === 'uploaded')
      tell(`The package is uploaded (${(built.bytes / 1e6).toFixed(1)} MB).`)
  }
  return built
}

async function build(arch: Arch, tell: Tell): Promise<string> {
  tell(`The package is built for ${arch}.`)
  const { zip } = await buildPackage({ arch }).catch((error: Error) => {
    throw new Refusal(`The package could not be built: ${error.message}`)
  })
  return zip
}

/** Of a route whose settings nobody here may read, the folder keeps only the name. */
const describeStage = (
  { account, region }: Account,
  stage: string,
  { config, unread }: Stage,
): Parameters<typeof writeDeployed>[0] => ({
  stage,
  account,
  region,
  routes: config.routes.map(({ name, tumblr, mastodon }) =>
    unread.has(name) ? { route: name } : { route: name, blog: tumblr.blog, server: mastodon.url },
  ),
})

async function finish(
  aws: Account,
  { flags, stack, served, config, package: { key } }: Deployment & Stage,
  outcome: 'created' | 'updated',
  tell: Tell,
): Promise<void> {
  const keep = [key, stack?.parameters.get('PackageKey') ?? key]
  const removing = removeOldPackages(aws, flags.stage, keep).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error
    tell(`Packages of before were not removed: ${error.message}`)
  })
  const [now] = await Promise.all([findStack(aws, flags.stage), removing])
  tell(`${nameOf(flags.stage)} is ${outcome} in ${aws.region} of the account ${aws.account}.`)
  if (now) tell(describeDeployment(now, served))
  if (outcome === 'created')
    for (const { name: route, start } of config.routes) {
      const first = { stage: flags.stage, route, startsNow: start.from === 'now', choice: flags.newest }
      await offerFirstPost(aws, first, tell)
    }
}

process.exitCode = await run(command, deploy)
