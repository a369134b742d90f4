import * as v from 'valibot'
import { RouteSettings, type Wishes } from '../../src/core/config/settings.ts'

/** What a route wants that sets nothing and has no rules, not even the preset, but for `more`. */
export const wishesWith = (more: Partial<Wishes> = {}): Wishes => ({
  ...v.parse(RouteSettings.entries.wishes, {}),
  tagRules: [],
  ...more,
})
