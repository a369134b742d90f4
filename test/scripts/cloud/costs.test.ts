import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { costTable, monthlyBill } from '../../../scripts/cloud/costs.ts'

const read = (name: string): Promise<string> => readFile(new URL(`../../../${name}`, import.meta.url), 'utf8')

test('the table of docs/aws.md is the one that is worked out', async () => {
  expect(await read('docs/aws.md')).toContain(costTable())
})

test('more posts cost more, and the free tier takes something off', () => {
  for (const isFree of [true, false]) {
    const totals = [1, 10, 100].map((posts) => monthlyBill(posts, isFree).total)
    expect(totals).toEqual([...totals].sort((a, b) => a - b))
    expect(new Set(totals).size).toBe(3)
  }
  expect(monthlyBill(10, true).total).toBeLessThan(monthlyBill(10, false).total)
})

test('a bill by hand: 4320 runs of a second and 300 posts of 30 s in 1 GB', () => {
  expect(monthlyBill(10, false).lambda).toBeCloseTo(13_320 * 0.0000133334 + 4320 * 0.0000002, 6)
})

test('four photographs of 3 MB go out with each post: 36 GB a month for 100 posts a day, of which AWS gives 100 GB', () => {
  expect(monthlyBill(100, false).transfer).toBeCloseTo(36 * 0.09, 6)
  expect(monthlyBill(100, true).transfer).toBe(0)
  expect(monthlyBill(400, true).transfer).toBeCloseTo(44 * 0.09, 6)
  const { total, ...parts } = monthlyBill(100, false)
  expect(total).toBeCloseTo(
    Object.values(parts).reduce((sum, part) => sum + part, 0),
    6,
  )
})

test('it counts what the template has: five alarms, one dashboard, a run every ten minutes, 1024 MB', async () => {
  const { Resources, Parameters } = parse(await read('infra/template.yaml'), { logLevel: 'error' })
  const types = Object.values<{ Type: string }>(Resources).map(({ Type }) => Type)
  const count = (type: string): number => types.filter((one) => one === type).length
  expect(monthlyBill(0, false).watching).toBeCloseTo(
    count('AWS::CloudWatch::Alarm') * 0.1 + 5 * 0.3 + count('AWS::CloudWatch::Dashboard') * 3,
    6,
  )
  expect([Parameters.Schedule.Default, Parameters.MemorySize.Default]).toEqual(['rate(10 minutes)', 1024])
})
