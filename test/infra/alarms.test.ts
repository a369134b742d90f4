import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { readTemplate } from '../../scripts/cloud/infra.ts'
import type { Measurement } from '../../src/core/report/metrics.ts'
import { resolveTemplate } from '../support/cfn-resolve.ts'
import { asTemplate } from '../support/cfn-template.ts'

const db = loadAwsServiceSpecSync()
const template = asTemplate(await readTemplate())
const { resources } = resolveTemplate(template, db, {
  stack: 'levity-prod',
  parameters: { PackageBucket: 'bucket', PackageKey: 'a.zip' },
})
const resourcesOf = (type: string): readonly string[] =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id]) => id)

/** What the function counts; everything else is counted by AWS. */
const ownMetrics = Object.keys({
  Posted: true,
  Parked: true,
  Waiting: true,
  Lag: true,
  Succeeded: true,
} satisfies Record<Measurement['name'], true>)
const topic = 'arn:aws:sns:eu-central-1:123456789012:levity-prod-AlarmTopic-1A2B3C4D5E6F'
const queue = 'levity-prod-FailureQueue-1A2B3C4D5E6F'

const AlarmSchema = v.strictObject({
  AlarmName: v.pipe(v.string(), v.regex(/^levity-prod-[a-z-]+$/)),
  AlarmDescription: v.pipe(v.string(), v.maxLength(1024)),
  Namespace: v.string(),
  MetricName: v.string(),
  Dimensions: v.tuple([v.strictObject({ Name: v.string(), Value: v.string() })]),
  Statistic: v.picklist(['Sum', 'Minimum']),
  Period: v.literal(3600),
  EvaluationPeriods: v.number(),
  DatapointsToAlarm: v.number(),
  ComparisonOperator: v.string(),
  Threshold: v.literal(1),
  TreatMissingData: v.picklist(['breaching', 'notBreaching']),
  ActionsEnabled: v.optional(v.boolean(), true),
  // Both, so that mail speaks when trouble begins and when it is over.
  AlarmActions: v.tuple([v.literal(topic)]),
  OKActions: v.tuple([v.literal(topic)]),
})
const alarmOf = (id: string): v.InferOutput<typeof AlarmSchema> => v.parse(AlarmSchema, resources[id])

const alarms = resourcesOf('AWS::CloudWatch::Alarm')
const atLeastOne = 'GreaterThanOrEqualToThreshold'
const once = {
  EvaluationPeriods: 3,
  DatapointsToAlarm: 1,
  ComparisonOperator: atLeastOne,
  TreatMissingData: 'notBreaching',
}

test.each([
  ['ErrorsAlarm', 'AWS/Lambda Errors FunctionName=levity-prod', { ...once, Statistic: 'Sum' }],
  ['ThrottlesAlarm', 'AWS/Lambda Throttles FunctionName=levity-prod', { ...once, DatapointsToAlarm: 3 }],
  ['ParkedAlarm', 'Levity Parked service=levity-prod', { ...once, Statistic: 'Sum' }],
  ['FailureQueueAlarm', `AWS/SQS NumberOfMessagesSent QueueName=${queue}`, { ...once, Statistic: 'Sum' }],
  [
    'SilenceAlarm',
    'Levity Succeeded service=levity-prod',
    {
      Statistic: 'Minimum',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    },
  ],
])('%s looks at %s', (id, metric, rest) => {
  const { Namespace, MetricName, Dimensions, ...alarm } = alarmOf(id)
  const [{ Name, Value }] = Dimensions
  expect(`${Namespace} ${MetricName} ${Name}=${Value}`).toBe(metric)
  expect(alarm).toMatchObject(rest)
})

test('no alarm is forgotten here', () => {
  expect([...alarms].sort()).toEqual([
    'ErrorsAlarm',
    'FailureQueueAlarm',
    'ParkedAlarm',
    'SilenceAlarm',
    'ThrottlesAlarm',
  ])
})

test.each(alarms)('%s says in plain words what to do, with commands that exist', (id) => {
  const { AlarmDescription } = alarmOf(id)
  const commands = [...AlarmDescription.matchAll(/npm run ([a-z]+)/g)].map(([, command]) => command)
  expect(commands).toContain('logs')
  expect(AlarmDescription).toContain('levity-prod')
  expect(AlarmDescription).not.toMatch(/\$\{|\n|undefined/)
  expect(commands.filter((command) => !(String(command) in packageJson.scripts))).toEqual([])
})

test('silence is as many hours as wanted, and never more than CloudWatch can look back', () => {
  const { MaxValue, MinValue } = template.Parameters['SilenceHours'] ?? {}
  expect([MinValue, Number(MaxValue) * 3600]).toEqual([1, 7 * 24 * 3600])
  const { EvaluationPeriods, DatapointsToAlarm } = template.Resources['SilenceAlarm']?.Properties ?? {}
  expect([EvaluationPeriods, DatapointsToAlarm]).toEqual([{ Ref: 'SilenceHours' }, { Ref: 'SilenceHours' }])
})

const Place = { x: v.number(), y: v.number(), width: v.number(), height: v.number() }
const Title = { title: v.string() }
const Region = { ...Title, region: v.literal('eu-central-1') }
const MetricSchema = v.tuple([
  v.string(),
  v.string(),
  v.string(),
  v.string(),
  v.strictObject({ label: v.string(), stat: v.optional(v.string()) }),
])
const WidgetSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('alarm'),
    ...Place,
    properties: v.strictObject({ ...Title, alarms: v.array(v.string()) }),
  }),
  v.strictObject({
    type: v.literal('log'),
    ...Place,
    properties: v.strictObject({ ...Region, view: v.string(), query: v.string() }),
  }),
  v.strictObject({
    type: v.literal('metric'),
    ...Place,
    properties: v.strictObject({
      ...Region,
      period: v.literal(3600),
      view: v.literal('timeSeries'),
      stat: v.optional(v.string()),
      yAxis: v.optional(v.object({})),
      metrics: v.array(MetricSchema),
    }),
  }),
])
const { DashboardName, DashboardBody } = resources['Dashboard'] ?? {}
const { widgets } = v.parse(
  v.strictObject({ widgets: v.array(WidgetSchema) }),
  JSON.parse(String(DashboardBody)),
)
const ofType = <T extends (typeof widgets)[number]['type']>(type: T) =>
  widgets.filter((widget): widget is Extract<(typeof widgets)[number], { type: T }> => widget.type === type)

test('the dashboard shows every metric that the function counts, and those of AWS that there are', () => {
  expect(DashboardName).toBe('levity-prod')
  const metrics = ofType('metric').flatMap(({ properties }) => properties.metrics)
  const own = metrics.filter(([namespace]) => namespace === 'Levity')
  expect([...new Set(own.map(([, name]) => name))].sort()).toEqual([...ownMetrics].sort())
  expect(new Set(own.map(([, , dimension, value]) => `${dimension}=${value}`))).toEqual(
    new Set(['service=levity-prod']),
  )
  const byAws = metrics.filter(([namespace]) => namespace !== 'Levity')
  expect(byAws.map(([, name]) => name)).toEqual(
    expect.arrayContaining(['Errors', 'Duration', 'NumberOfMessagesSent']),
  )
  const known = new Set([...db.all('metric')].map(({ namespace, name }) => `${namespace} ${name}`))
  expect(byAws.filter(([namespace, name]) => !known.has(`${namespace} ${name}`))).toEqual([])
  const owners = { FunctionName: 'levity-prod', QueueName: queue }
  expect(byAws.filter(([, , dimension, value]) => Reflect.get(owners, dimension) !== value)).toEqual([])
})

test('the dashboard shows every alarm and reads its own logs', () => {
  const shown = ofType('alarm').flatMap(({ properties }) => properties.alarms)
  const arns = alarms.map(
    (id) => `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${alarmOf(id).AlarmName}`,
  )
  expect([...shown].sort()).toEqual(arns.sort())
  for (const { properties } of ofType('log'))
    expect(properties.query).toContain("SOURCE '/aws/lambda/levity-prod' |")
})

test('no widget lies on another, and none hangs over the edge', () => {
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from(
      { length: width * height },
      (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`,
    ),
  )
  expect(new Set(cells).size).toBe(cells.length)
  expect(widgets.filter(({ x, width }) => x + width > 24)).toEqual([])
})
