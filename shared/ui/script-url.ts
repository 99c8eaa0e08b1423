/** The part of Trusted Types that we use; the DOM's types do not have it yet. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

const policyName = 'fujie-script-url'
const workerForm = /^\/(?:[\w@.-]+\/)*[\w-]*worker[\w.-]*\.(?:js|ts)$/

let policy: { createScriptURL(url: string): string } | undefined

/**
 * The address of a worker of ours, for `new Worker`, where the page demands Trusted Types.
 *
 * Admits scripts of this origin whose file is named a worker, nothing else.
 *
 * @throws TypeError for any other address
 */
export function scriptUrl(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
  if (types === undefined) return admitted(url)
  policy ??= types.createPolicy(policyName, { createScriptURL: admitted })
  return policy.createScriptURL(url)
}

function admitted(url: string): string {
  const { origin, pathname } = new URL(url, location.href)
  if (origin !== location.origin || !workerForm.test(pathname)) throw new TypeError('Not a worker of this page')
  return url
}
