import { createApp, type App, type AppOptions } from '@fujie/shared/server/app.ts'
import { listenOnLoopback } from '@fujie/shared/server/listen.ts'
import { servePages } from '@fujie/shared/server/pages.ts'

/** What the page's engine is told; `wallet/engine/host-config.ts` reads it. */
export interface WalletPageConfig {
  /** Origins of the registry and of the relay. */
  readonly registry: string
  readonly relay: string
  /** How agencies know this wallet program; `redirectUri` is `/open` of this very page. */
  readonly client?: { readonly id: string; readonly redirectUri: string }
  /** A policy file as JSON (`formatPolicy`): log, keys and roots the wallet believes. */
  readonly policy: object
  readonly insecureLoopback: boolean
  /** Origin that may frame the page: demonstrations only. */
  readonly workbench?: string
}

export interface WalletHostConfig {
  readonly port: number
  /** The built page: `dist/pages/wallet`. */
  readonly pages: string
  readonly page: WalletPageConfig
  /** Whether the cable is pulled; demonstrations only. */
  readonly isCut?: NonNullable<AppOptions['isCut']>
  readonly observe?: NonNullable<AppOptions['observe']>
}

export interface WalletHost {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Serves the web wallet: a page, its scripts and where to turn; it learns nothing of what the wallet does.
 *
 * @throws Fault `start.port_in_use`, `unexpected` if the page was not built
 */
export async function startWalletHost(config: WalletHostConfig): Promise<WalletHost> {
  const { workbench } = config.page
  const policy = { webAssembly: true, forms: false, frameAncestors: workbench === undefined ? [] : [workbench] }
  const app = await createApp({
    policy,
    ...(config.isCut ? { isCut: config.isCut } : {}),
    ...(config.observe ? { observe: config.observe } : {}),
  })
  app.get('/config.json', (_request, reply) => reply.header('cache-control', 'no-store').send(config.page))
  // A link from elsewhere arrives as `/open#…`; the fragment reaches no server.
  app.get('/open', (_request, reply) => reply.sendFile('index.html'))
  addWorkerHeaders(app, config.page)
  await servePages(app, config.pages)
  const url = await listenOnLoopback(app, config.port)
  return { url, stop: () => app.close() }
}

const noStyle = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"

/** A worker answers to the policy its own script came with: the engine alone reaches beyond this origin. */
function addWorkerHeaders(app: App, { insecureLoopback }: WalletPageConfig): void {
  const beyond = insecureLoopback ? 'https: http://127.0.0.1:* http://[::1]:*' : 'https:'
  app.addHook('onSend', (request, reply, payload, done) => {
    const name = /^\/(?:assets\/)?(engine-worker|service-worker)[\w-]*\.js(?:\?|$)/.exec(request.url)?.[1]
    if (name === 'engine-worker') void reply.header('content-security-policy', `${noStyle}; connect-src ${beyond}`)
    if (name === 'service-worker') void reply.header('content-security-policy', `${noStyle}; connect-src 'self'`)
    done(null, payload)
  })
}
