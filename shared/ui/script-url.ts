/** The scripts of ours that run beside a page; nothing else is ever loaded as one. */
const scripts = ['engine-worker', 'decode-worker', 'service-worker']
const known = new RegExp(`^/(?:[\\w@./-]*/)?(?:${scripts.join('|')})(?:-[\\w-]{8})?\\.(?:js|ts)$`)

interface ScriptUrlPolicy {
  createScriptURL(url: string): string
}
interface TrustedTypes {
  createPolicy(name: string, rules: { readonly createScriptURL: (url: string) => string }): ScriptUrlPolicy
}

let policy: ScriptUrlPolicy | undefined

/**
 * The address of one of our workers in the form a page under trusted types accepts: `new Worker(scriptUrl(url))`.
 *
 * There is one policy of this name in a page, and it lets through our own scripts alone.
 *
 * @throws TypeError for any other address
 */
export function scriptUrl(url: string): string {
  policy ??= makePolicy()
  return policy.createScriptURL(url)
}

function makePolicy(): ScriptUrlPolicy {
  const rules = { createScriptURL: admit }
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
  return trustedTypes?.createPolicy('fujie-script-url', rules) ?? rules
}

function admit(url: string): string {
  const { origin, pathname } = new URL(url, location.href)
  if (origin !== location.origin || !known.test(pathname)) throw new TypeError('not one of our scripts')
  return url
}
