/**
 * `npm run deploy`: makes or changes a stage on AWS, with the settings of `.env.<stage>` (prod, or `--stage dev`). Exit code
 * 0: it is deployed, or was so already. 1: it is not, with the reason; or the function fails.
 */
import { resolve } from 'node:path'
import { secretsOf } from '../../src/core/config/route.ts'
import { redact } from '../../src/core/config/secrets.ts'
import type { Arch } from '../build/native.ts'
import { buildPackage } from '../build/package.ts'
import type { Given } from '../terminal/arguments.ts'
import { createTell, type Surroundings, type Tell } from '../terminal/command.ts'
import { Refusal } from '../terminal/refusal.ts'
import { type Account, identify, openAws } from './aws.ts'
import { ensureBucket } from './bucket.ts'
import { type command, type DeployFlags, readDeployFlags } from './deploy-command.ts'
import { type Deployed, writeDeployed } from './deployed.ts'
import { archOf, type Deployment, deployStack, parameterValues } from './deployment.ts'
import { offerFirstPost } from './first-post.ts'
import { checkLimits, checkSilence } from './limits.ts'
import { type Package, readPackage, removeOldPackages, uploadPackage } from './packages.ts'
import { expectSamePlace } from './same-place.ts'
import { readSettings, type StageSettings, secretsIn } from './settings.ts'
import { findStack, nameOf, type Stack } from './stack.ts'
import { inspectStage, type Stage } from './stage.ts'
import { describeDeployment } from './summary.ts'
import { checkParameter, readTemplateFor, type Template } from './template.ts'

export async function deploy(given: Given<typeof command>, around: Surroundings): Promise<void> {
  const { env, folder, output } = around
  const flags = readDeployFlags(given)
  const settings = await readSettings(flags.stage, folder)
  settings.warnings.forEach(createTell(output))
  const template = await prepareTemplate(flags, settings)
  const options = { env, profile: flags.profile, region: flags.region, secrets: secretsIn(settings) }
  const cli = await openAws(options)
  const [aws, stage] = await Promise.all([identify(cli), inspectStage(cli, settings)])
  await expectSamePlace(aws, options, flags.stage, folder)
  checkAlarms(template, flags, stage.stack)
  const parameters = parameterValues(aws, settings, flags, stage)
  const secrets = [...secretsIn(settings), ...secretsOf(stage.config.routes)]
  const tell = createTell(output, secrets)
  stage.warnings.forEach(tell)
  const built = await preparePackage(aws, flags, folder, archOf(flags, stage.stack), tell)
  const deployment = { flags, template, given: parameters, package: built, stack: stage.stack }
  const outcome = await deployStack(aws, deployment, tell).catch((error: unknown) => {
    // Some services repeat in their error what they were given, secrets included.
    throw error instanceof Refusal ? new Refusal(redact(error.message, secrets)) : error
  })
  if (outcome === 'shown') return tell('Nothing was changed.')
  await writeDeployed(folder, describeStage(aws, flags.stage, stage))
  if (outcome === 'unchanged') return tell(`${nameOf(flags.stage)} is up to date: nothing was changed.`)
  await finish(aws, { ...deployment, ...stage }, outcome, tell, around)
}

/** Checks all that can be checked without asking anybody. */
async function prepareTemplate(flags: DeployFlags, settings: StageSettings): Promise<Template> {
  const template = await readTemplateFor(Object.keys(settings.variables))
  checkLimits(settings, template, nameOf(flags.stage))
  for (const [id, { value, flag }] of flags.parameters) checkParameter(template, id, value, flag)
  return template
}

/** A value that is not given stays as the stack has it. */
function checkAlarms(template: Template, { parameters }: DeployFlags, stack: Stack | undefined): void {
  const stated = (id: string): string =>
    parameters.get(id)?.value ?? stack?.parameters.get(id) ?? String(template.parameters.get(id)?.Default)
  checkSilence(stated('Schedule'), Number(stated('SilenceHours')))
}

async function preparePackage(
  aws: Account,
  flags: DeployFlags,
  folder: string,
  arch: Arch,
  tell: Tell,
): Promise<Package> {
  const built = await readPackage(
    flags.package ? resolve(folder, flags.package) : await build(arch, tell),
    flags.stage,
  )
  if (!flags.dryRun) {
    if ((await ensureBucket(aws)) === 'created') tell('Created the bucket for packages.')
    if ((await uploadPackage(aws, built)) === 'uploaded')
      tell(`Uploaded the package (${(built.bytes / 1e6).toFixed(1)} MB).`)
  }
  return built
}

async function build(arch: Arch, tell: Tell): Promise<string> {
  tell(`Building the package for ${arch}.`)
  const { zip } = await buildPackage({ arch }).catch((error: Error) => {
    throw new Refusal(`The package could not be built: ${error.message}`)
  })
  return zip
}

/** If nobody here may read a route's settings, only its name is recorded. */
const describeStage = ({ account, region }: Account, stage: string, { config, unread }: Stage): Deployed => ({
  stage,
  account,
  region,
  routes: config.routes.map(({ name, tumblr, mastodon }) =>
    unread.has(name) ? { route: name } : { route: name, blog: tumblr.blog, server: mastodon.url },
  ),
})

async function finish(
  aws: Account,
  { flags, stack, checkedRoutes, config, package: { key } }: Deployment & Stage,
  outcome: 'created' | 'updated',
  tell: Tell,
  around: Surroundings,
): Promise<void> {
  const keep = [key, stack?.parameters.get('PackageKey') ?? key]
  const removing = removeOldPackages(aws, flags.stage, keep).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error
    tell(`Old packages were not removed: ${error.message}`)
  })
  const [now] = await Promise.all([findStack(aws, flags.stage), removing])
  tell(`${nameOf(flags.stage)} is ${outcome} in ${aws.region} of the account ${aws.account}.`)
  if (now) tell(describeDeployment(now, checkedRoutes))
  if (outcome === 'created')
    for (const { name: route, start } of config.routes) {
      const first = { stage: flags.stage, route, startsNow: start.from === 'now', choice: flags.newest }
      await offerFirstPost(aws, first, tell, around)
    }
}
