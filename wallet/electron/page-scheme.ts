import { readFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { securityHeaders } from '@fujie/shared/server/headers.ts'

/** Pages of this program have an origin of their own, so that no file of the disk is one. */
export const pageScheme = 'app'
const host = 'fujie'
export type PageName = 'wallet' | 'consent'

export function pageUrl(page: PageName, fragment = ''): string {
  return `${pageScheme}://${host}/${page}/index.html${fragment === '' ? '' : `#${fragment}`}`
}

/** Which of our pages an address is; undefined for anything else. */
export function pageOf(address: string): PageName | undefined {
  if (!URL.canParse(address)) return undefined
  const { protocol, host: named, pathname, username, port } = new URL(address)
  if (protocol !== `${pageScheme}:` || named !== host || username !== '' || port !== '') return undefined
  return (['wallet', 'consent'] as const).find((page) => pathname === `/${page}/index.html`)
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
}

/** Answers requests for our pages. */
export type ServePages = (request: { readonly method: string; readonly url: string }) => Promise<Response>

/**
 * Serves the files that stand under the two pages' folders now, and nothing that is not on that list: no path is ever
 * made out of a request. Everything goes out under the content policy of the security design, 4.1.
 */
export function servePages(folder: string): ServePages {
  const files = listFiles(folder)
  const headers = securityHeaders({ webAssembly: true, forms: false })
  const none = () => new Response(null, { status: 404, headers: { ...headers } })
  return async ({ method, url }) => {
    if (method !== 'GET' || !URL.canParse(url)) return none()
    const { protocol, host: named, pathname } = new URL(url)
    const file = protocol === `${pageScheme}:` && named === host ? files.get(pathname) : undefined
    const type = types[extname(pathname)]
    if (file === undefined || type === undefined) return none()
    return new Response(new Uint8Array(await readFile(file)), { headers: { ...headers, 'content-type': type } })
  }
}

function listFiles(folder: string): ReadonlyMap<string, string> {
  const found = (['wallet', 'consent'] as const).flatMap((page) =>
    readdirSync(join(folder, page), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  return new Map(found.map((file) => [file.slice(folder.length).replaceAll('\\', '/').replace(/^\/*/, '/'), file]))
}
