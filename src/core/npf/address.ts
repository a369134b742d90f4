/** Web addresses as Tumblr writes them: redirects around them, the scheme sometimes missing. */

/** The address if a browser would open it, else undefined. */
export function webAddress(text: string | undefined): string | undefined {
  const address = text?.trim()
  return address !== undefined && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined
}

/** A blog's address; attributions name the host alone (`name.tumblr.com`). */
export function blogAddress(text: string | undefined): string | undefined {
  return webAddress(text) ?? (text?.includes('.') === true ? webAddress(`https://${text}`) : undefined)
}

/** Old posts have http addresses, but Tumblr serves all images over https. */
export function mediaAddress(text: string | undefined): string | undefined {
  return webAddress(text)?.replace(/^http:(?=\/\/[\w.-]+\.media\.tumblr\.com\/)/i, 'https:')
}

/** `https://href.li/?ADDRESS` hides the referrer, `https://t.umblr.com/redirect?z=ADDRESS` counts clicks: both hide where a link leads. */
function redirectTarget(address: string): string | undefined {
  const { hostname, search, searchParams } = new URL(address)
  if (hostname === 't.umblr.com') return webAddress(searchParams.get('z') ?? undefined)
  if (hostname !== 'href.li') return undefined
  return webAddress(search.slice(1)) ?? webAddress([...searchParams.keys()][0])
}

/** Where a link leads in the end, through three redirects at most; undefined if it is not a web address. */
export function linkAddress(text: string | undefined, redirects = 3): string | undefined {
  const address = webAddress(text)
  if (address === undefined || redirects === 0) return address
  return linkAddress(redirectTarget(address), redirects - 1) ?? address
}

const bare = (address: string): string =>
  address
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/\/$/, '')

/** Whether a link's text is the address itself, whole or cut off with an ellipsis. */
export function showsAddress(text: string, address: string): boolean {
  const cut = /^(.*?\S)(?:…|\.\.\.)$/s.exec(text.trim())?.[1]
  const host = bare(new URL(address).host)
  if (cut !== undefined) return bare(cut).startsWith(host) && bare(address).startsWith(bare(cut))
  return bare(text) === bare(address)
}
