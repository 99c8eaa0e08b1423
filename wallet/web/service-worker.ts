/// <reference lib="webworker" />

/*
 * Keeps the whole page, so that a wallet opens without a network. All files of one build stay together: they are fetched
 * and checked against their digests before any of them is used, and the build before stays until the one after, for tabs
 * that still run it. Nothing of the vault, and nothing of any other origin, passes through.
 */
const worker = globalThis as unknown as ServiceWorkerGlobalScope

interface Shell {
  readonly version: string
  /** Digests by path, in the form `fetch` checks. */
  readonly files: Readonly<Record<string, string>>
}

/** Written in when the page is built; where it is not, nothing is kept. */
const shell = JSON.parse('__FUJIE_SHELL__') as Shell
const prefix = 'fujie-wallet-'
const current = prefix + shell.version
/** What the host says of itself is no part of the build. */
const host = '/config.json'
const page = '/index.html'

worker.addEventListener('install', (event) => {
  event.waitUntil(keepAll())
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOld().then(() => worker.clients.claim()))
})

worker.addEventListener('message', (event) => {
  if (event.data === 'take over') event.waitUntil(worker.skipWaiting())
})

worker.addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== worker.location.origin) return
  if (pathname === host) event.respondWith(newest(event.request))
  else if (mode === 'navigate') event.respondWith(kept(page, event.request))
  else if (pathname in shell.files || pathname.startsWith('/assets/')) event.respondWith(kept(pathname, event.request))
})

/** A file whose digest is the same as before is taken from there. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(current)
  await Promise.all(
    Object.entries(shell.files).map(async ([path, integrity]) => {
      const before = path.startsWith('/assets/') ? await caches.match(path) : undefined
      const response = before ?? (await fetch(path, { integrity, cache: 'no-cache' }))
      if (!response.ok) throw new TypeError(`${path}: ${response.status}`)
      await cache.put(path, response)
    }),
  )
  const config = await fetch(host)
  if (config.ok) await cache.put(host, config)
}

/** All but this one and the newest before it. */
async function dropOld(): Promise<void> {
  const builds = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== current)
  await Promise.all(builds.slice(0, -1).map((name) => caches.delete(name)))
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(current)
  return (await cache.match(path)) ?? (await caches.match(path)) ?? fetch(request)
}

async function newest(request: Request): Promise<Response> {
  const cache = await caches.open(current)
  try {
    const response = await fetch(request)
    if (response.ok) await cache.put(host, response.clone())
    return response
  } catch (thrown) {
    const before = (await cache.match(host)) ?? (await caches.match(host))
    if (before === undefined) throw thrown
    return before
  }
}
