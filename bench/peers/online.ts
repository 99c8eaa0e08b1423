import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { getResolver } from '@fujie/shared/adapters/did-resolver.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import type { LogTrust } from '@fujie/shared/core/log/bundle.ts'
import { registryOverHttp } from '@fujie/shared/evidence/registry-over-http.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { timeCalls } from './resolving.ts'

/** What one resolution costs that begins with nothing but the log's key, all servers on loopback. */
export interface Online {
  readonly requests: number
  /** Milliseconds of the clock. */
  readonly clock: number
}

/** Resolves a DID at a registry by our own resolver, each time a new one. */
export async function resolveOnline(registry: string, trust: LogTrust, did: string): Promise<Online> {
  let requests = 0
  const guarded = createHttp({ insecureLoopback: true })
  const http: Http = {
    send(request) {
      requests += 1
      return guarded.send(request)
    },
  }
  const reader = registryOverHttp(http, registry)
  const parsed = { did, didUrl: did, method: 'fujie', id: did.slice('did:fujie:'.length) }
  const resolve = async () => {
    const { fujie } = getResolver({ registry: reader, clock: systemClock }, trust)
    const resolved = await fujie?.(did, parsed, { resolve: () => Promise.reject(new Error('not needed')) }, {})
    if (resolved?.didDocument?.id !== did) throw new Error(`${did}: not resolved`)
  }
  const { clock } = await timeCalls(resolve)
  requests = 0
  await resolve()
  return { requests, clock }
}
