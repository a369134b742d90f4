/** GitHub workflows as data, and what must not stand in one. */
import * as v from 'valibot'
import { parse } from 'yaml'

const Text = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))
const StepSchema = v.union([
  v.strictObject({ name: v.optional(v.string()), uses: v.string(), with: v.optional(Text, {}) }),
  v.strictObject({ name: v.optional(v.string()), run: v.string(), env: v.optional(Text, {}) }),
])
const PermissionsSchema = v.record(v.string(), v.picklist(['read', 'write', 'none']))
const JobSchema = v.object({
  uses: v.optional(v.string()),
  needs: v.optional(v.string()),
  environment: v.optional(v.string()),
  permissions: PermissionsSchema,
  env: v.optional(Text, {}),
  strategy: v.optional(v.object({ matrix: v.record(v.string(), v.array(v.unknown())) })),
  steps: v.optional(v.array(StepSchema), []),
})
const WorkflowSchema = v.strictObject({
  name: v.string(),
  on: v.record(v.string(), v.unknown()),
  permissions: PermissionsSchema,
  concurrency: v.optional(v.strictObject({ group: v.string(), 'cancel-in-progress': v.boolean() })),
  jobs: v.record(v.string(), JobSchema),
})

export type Workflow = v.InferOutput<typeof WorkflowSchema>
export type Step = v.InferOutput<typeof StepSchema>

/** Throws where it has not the form of a workflow; every job must say its permissions. */
export const parseWorkflow = (text: string): Workflow => v.parse(WorkflowSchema, parse(text))

/** One sentence for each thing that is not as safe as it could be, or names what is not there. */
export function findWorkflowFaults(text: string, npmScripts: readonly string[]): readonly string[] {
  const { permissions, jobs } = parseWorkflow(text)
  const keys = /AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|aws-(access-key-id|secret-access-key)/i.exec(text)
  return [
    ...(keys ? [`a long-lived key: ${keys[0]}`] : []),
    ...Object.keys(permissions).map((name) => `a permission for every job: ${name}`),
    ...Object.entries(jobs).flatMap(([id, job]) => findInJob(id, job, npmScripts)),
  ]
}

type Job = Workflow['jobs'][string]

function findInJob(
  id: string,
  { env, environment, permissions, steps }: Job,
  npmScripts: readonly string[],
): string[] {
  const rights = Object.entries(permissions).filter(
    ([name, right]) => right === 'write' && name !== 'id-token',
  )
  const mayBeRole = permissions['id-token'] === 'write'
  return [
    ...rights.map(([name]) => `${id} may write ${name}`),
    ...(mayBeRole && environment === undefined ? [`${id} can be a role from any branch`] : []),
    ...(mentionsSecret(env) ? [`${id} shows a secret to every step`] : []),
    ...findBeforeInstall(id, steps),
    ...steps.flatMap((step) => findInStep(id, step, npmScripts)),
  ]
}

/** Install scripts of packages run with whatever the steps before them left. */
function findBeforeInstall(id: string, steps: readonly Step[]): string[] {
  const install = steps.findIndex((step) => 'run' in step && /\bnpm (ci|cit|install)\b/.test(step.run))
  const early = steps.findIndex((step) =>
    'run' in step ? mentionsSecret(step.env) : step.uses.includes('credentials') || mentionsSecret(step.with),
  )
  return install >= 0 && early >= 0 && early <= install
    ? [`${id} has a secret or a role before packages are installed`]
    : []
}

function findInStep(id: string, step: Step, npmScripts: readonly string[]): string[] {
  if ('uses' in step) {
    const isPinned = /@(v\d+(\.\d+)*|[0-9a-f]{40})$/.test(step.uses)
    const keepsToken = step.uses.startsWith('actions/checkout@') && step.with['persist-credentials'] !== false
    return [
      ...(isPinned ? [] : [`${id} takes whatever ${step.uses} is`]),
      ...(keepsToken ? [`${id} leaves its token in the folder`] : []),
      ...(mentionsSecret(step.with) ? [`${id} gives a secret to ${step.uses}`] : []),
    ]
  }
  const lost = [...step.run.matchAll(/npm run ([\w-]+)/g)].filter(
    ([, name = '']) => !npmScripts.includes(name),
  )
  return [
    // Whatever it stands for would be read as a part of the script.
    ...(step.run.includes('${{') ? [`${id} writes an expression into a script: ${step.run}`] : []),
    ...lost.map(([command]) => `${id} calls ${command}, which is not there`),
  ]
}

const mentionsSecret = (fields: Readonly<Record<string, unknown>>): boolean =>
  /secrets\s*[.[]/.test(JSON.stringify(fields))
