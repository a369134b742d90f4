/** What a run gives to the publishing of one post. */
import type { Wishes } from '../../core/config/settings.ts'
import { newTrial, type Publishing } from '../publish/progress.ts'
import { readLimits } from './begin.ts'
import { findPost, type RouteRun, serverOf } from './route-run.ts'

export function publishing(run: RouteRun, wishes: Wishes): Publishing {
  const trial = newTrial()
  return {
    world: run.world,
    get server() {
      return serverOf(run.route)
    },
    wishes,
    trial,
    readLimits: () => readLimits(run),
    async findPost(id) {
      const isRead = run.posts.has(id)
      const post = await findPost(run, id)
      // A post that stands on the page proves nothing about asking for one by its id (V2).
      if (!isRead) trial.passed.add('the post on Tumblr')
      return post
    },
  }
}
