import { expect, test } from 'vitest'
import { withoutSecrets } from '../../../src/core/config/secrets.ts'

class OddError extends Error {
  override readonly name = 'OddError'
  readonly carried = 'hush-hush'
}

test('an error keeps its name, message and stack, and nothing that it carries; no secret is in any of them', () => {
  const error = new OddError('GET /?key=hush%2Fhush with hush/hush was refused', { cause: 'hush/hush' })
  const told = withoutSecrets(error, ['hush/hush'])
  expect(told).toMatchObject({ name: 'OddError', message: 'GET /?key=(secret) with (secret) was refused' })
  expect(told.stack).toContain('secrets.test.ts')
  expect(told.stack).toContain('with (secret) was refused')
  expect(`${told.stack}${JSON.stringify(told)}${told.cause}`).not.toContain('hush')
})

test('what was thrown and is no error is told too', () => {
  expect(withoutSecrets('hush-hush', ['hush-hush']).message).toBe('(secret)')
})
