/** AWS's limits, checked before anything is uploaded. */
import { Refusal } from '../terminal/refusal.ts'
import type { StageSettings } from './settings.ts'
import type { Template } from './template.ts'

/** Bytes; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#environment-variables */
const largestEnvironment = 4096
/** Bytes, and a number: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const largestParameter = 4096
const mostParameters = 200
const largestTemplate = 51_200
/** Hours: CloudWatch looks back over seven days. */
const mostSilence = 168

/** Throws Refusal. `stack` is the stack's name, which the template's own variables refer to. */
export function checkLimits({ variables, stage }: StageSettings, template: Template, stack: string): void {
  const own = [...template.ownVariables].map(([name, value]) => [name, value ?? stack] as const)
  const bytes = environmentBytes({ ...variables, ...Object.fromEntries(own) })
  if (bytes > largestEnvironment)
    throw new Refusal(
      `Expected at most ${largestEnvironment} bytes of variables for the function but .env.${stage} makes ${bytes}: keep the longest (${longest(variables)}) in Parameter Store, and write ssm:/name in place of each`,
    )
  const size = Buffer.byteLength(template.body)
  if (template.parameters.size > mostParameters || size > largestTemplate)
    throw new Refusal(
      `Expected at most ${mostParameters} parameters and ${largestTemplate} bytes of the template but .env.${stage} makes ${template.parameters.size} and ${size}: deploy some of the routes as another stage`,
    )
}

/** Lambda measures names and values as one JSON text. */
const environmentBytes = (variables: Readonly<Record<string, string>>): number =>
  Buffer.byteLength(JSON.stringify(variables))

const longest = (variables: StageSettings['variables']): string =>
  Object.entries(variables)
    .sort(([, a], [, b]) => Buffer.byteLength(b) - Buffer.byteLength(a))
    .slice(0, 3)
    .map(([name]) => name)
    .join(', ')

/** Throws Refusal for a value that is too long for a parameter of CloudFormation. */
export function checkLength(name: string, value: string): void {
  const bytes = Buffer.byteLength(value)
  if (bytes > largestParameter)
    throw new Refusal(
      `Expected at most ${largestParameter} bytes for ${name} but received ${bytes}: deploy some of the routes as another stage`,
    )
}

const minutesIn = { minute: 1, hour: 60, day: 24 * 60 } as const

/** Throws Refusal if runs are so far apart that the alarm for silence would always be on. A cron expression is not checked. */
export function checkSilence(schedule: string, hours: number): void {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? []
  const apart = (Number(count) / 60) * (minutesIn[unit as keyof typeof minutesIn] ?? 0)
  if (unit === undefined || apart < hours) return
  throw new Refusal(
    `Expected runs closer together than the ${hours} hours of silence that raise an alarm but received ${schedule}: allow more hours with --silence-hours ${Math.min(3 * Math.ceil(apart), mostSilence)}`,
  )
}
