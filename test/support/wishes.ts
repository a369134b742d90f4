import { defaultTemplate, type Wishes } from '../../src/core/config/wishes.ts'

/** What a route wants that sets nothing, but for `more`. */
export function wishesWith(more: Partial<Wishes> = {}): Wishes {
  return {
    reblogs: 'own',
    tagRules: [],
    sensitive: 'auto',
    visibility: 'public',
    hashtags: Infinity,
    template: defaultTemplate,
    altText: 'own',
    ...more,
  }
}
