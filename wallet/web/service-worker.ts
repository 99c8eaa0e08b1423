/// <reference lib="webworker" />

/*
 * Keeps the page and its scripts, so that a wallet opens without a network. Assets are named by their content and never
 * change; the page itself is asked for first and taken from here only where nobody answers. Nothing of the vault, and
 * nothing of any other origin, passes through.
 */
const worker = globalThis as unknown as ServiceWorkerGlobalScope
const cacheName = 'fujie-wallet-1'

worker.addEventListener('install', (event) => {
  event.waitUntil(worker.skipWaiting())
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(worker.clients.claim())
})

worker.addEventListener('fetch', (event) => {
  const { method, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== worker.location.origin) return
  if (pathname.startsWith('/assets/')) event.respondWith(keptFirst(event.request))
  else if (event.request.mode === 'navigate' || pathname === '/config.json' || pathname === '/icon.svg') {
    event.respondWith(networkFirst(event.request))
  }
})

async function keptFirst(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  return (await cache.match(request)) ?? keep(cache, request, await fetch(request))
}

async function networkFirst(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  try {
    return keep(cache, request, await fetch(request))
  } catch (thrown) {
    const kept = await cache.match(request, { ignoreSearch: true })
    if (kept === undefined) throw thrown
    return kept
  }
}

function keep(cache: Cache, request: Request, response: Response): Response {
  if (response.ok) void cache.put(request, response.clone())
  return response
}
