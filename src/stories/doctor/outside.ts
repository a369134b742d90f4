/** What a doctor asks of Tumblr and of Mastodon. It only reads. */

import type { PossibleRoute } from '../../core/config/possible.ts'
import { type Finding, notAsked } from '../../core/doctor/finding.ts'
import type { RouteFacts } from '../../core/doctor/route.ts'
import type { ScopeFacts } from '../../core/doctor/scopes.ts'
import type { Instruments, SaidByHeaders } from '../../world.ts'
import { question } from './question.ts'

export async function askTumblr(
  settings: PossibleRoute['tumblr'],
  { openTumblr, patienceMs }: Instruments,
): Promise<Pick<RouteFacts, 'page' | 'openly'> & { readonly said: SaidByHeaders | undefined }> {
  if (settings === undefined) return { page: notAsked, openly: undefined, said: undefined }
  const { oauth, ...openSettings } = settings
  let said: SaidByHeaders | undefined
  const fetching = openTumblr(settings, (one) => {
    said = one
  }).fetchPage()
  const [page, openly] = await Promise.all([
    question('Tumblr', fetching, patienceMs),
    oauth && question('Tumblr', openTumblr(openSettings, () => {}).fetchPage(), patienceMs),
  ])
  return { page, openly, said }
}

export async function askMastodon(
  settings: PossibleRoute['mastodon'],
  { openMastodon, patienceMs }: Instruments,
): Promise<Pick<RouteFacts, 'server' | 'owner' | 'scopes'> & { readonly time: SaidByHeaders['time'] }> {
  if (settings === undefined) return { server: notAsked, owner: notAsked, scopes: undefined, time: undefined }
  const exam = openMastodon(settings)
  const [server, answer, listed, media] = await Promise.all([
    question('Mastodon', exam.fetchServer(), patienceMs),
    question('Mastodon', exam.fetchOwner(), patienceMs),
    question('Mastodon', exam.fetchScopes(), patienceMs),
    question('Mastodon', exam.mayWriteMedia(), patienceMs),
  ])
  if (answer.is !== 'found')
    return { server, owner: answer, scopes: scopesOf(listed, media), time: undefined }
  const { owner, time } = answer.found
  const statuses = await question('Mastodon', exam.mayReadStatuses(owner.id), patienceMs)
  const scopes = scopesOf(listed, media, { 'read:accounts': true, 'read:statuses': found(statuses) })
  return { server, owner: { is: 'found', found: owner }, scopes, time }
}

const scopesOf = (
  listed: Finding<readonly string[] | undefined>,
  media: Finding<boolean | undefined>,
  others: ScopeFacts['tried'] = {},
): ScopeFacts => ({ listed: found(listed), tried: { 'write:media': found(media), ...others } })

const found = <T>(asked: Finding<T>): T | undefined => (asked.is === 'found' ? asked.found : undefined)
