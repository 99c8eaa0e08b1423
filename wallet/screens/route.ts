/** A page of the wallet. What has an id is addressed by it; all else is the same page for everybody. */
export type Route = { readonly page: PlainPage } | { readonly page: PageOfOne; readonly id: string }

/** The four places of the bar, in the order of Ctrl+1–4. */
export type Place = 'home' | 'history' | 'security' | 'settings'

export const places: readonly Place[] = ['home', 'history', 'security', 'settings']

const vaultPages = ['backup', 'pin', 'passphrase', 'rekey'] as const
/** Pages about the vault itself. */
export type VaultPage = (typeof vaultPages)[number]
const identityRooms = ['identities', 'winback', 'devices', 'lost', 'second'] as const
const rooms = ['scan', 'show', 'paper', 'dates', ...identityRooms, ...vaultPages] as const
export type PlainPage = Place | (typeof rooms)[number]
const pagesOfOne = ['document', 'offer', 'consent', 'showing', 'entry', 'identity', 'annotate'] as const
type PageOfOne = (typeof pagesOfOne)[number]

const alone = new Set<string>([...places, ...rooms])
const byId = new Set<string>(pagesOfOne)

/** The page a fragment names, `#/document/…`; whatever else stands there leads home. */
export function parseRoute(hash: string): Route {
  const [, page = '', id = '', rest] = hash.replace(/^#/, '').split('/')
  if (rest === undefined && id === '' && alone.has(page)) return { page } as Route
  const name = decoded(id)
  if (rest === undefined && name !== '' && byId.has(page)) return { page, id: name } as Route
  return { page: 'home' }
}

export function formatRoute(route: Route): string {
  return 'id' in route ? `#/${route.page}/${encodeURIComponent(route.id)}` : `#/${route.page}`
}

/** A link from another program stands in the fragment as it is: `#openid4vp://…`. */
export function linkIn(hash: string): string | undefined {
  const text = decoded(hash.replace(/^#/, ''))
  return /^[a-z][a-z0-9-]*:\/\//.test(text) ? text : undefined
}

export function isVaultPage(page: Route['page']): page is VaultPage {
  return vaultPages.some((each) => each === page)
}

/** Pages about identities and devices, reached from Security. */
export function isOfIdentities({ page }: Route): boolean {
  return page === 'identity' || identityRooms.some((room) => room === page)
}

/** Which of the four places a page belongs to. */
export function placeOf(route: Route): Place | undefined {
  if (route.page === 'document' || route.page === 'annotate') return 'home'
  if (route.page === 'entry' || route.page === 'paper') return 'history'
  if (isOfIdentities(route)) return 'security'
  if (isVaultPage(route.page) || route.page === 'dates') return 'security'
  return places.find((place) => place === route.page)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
