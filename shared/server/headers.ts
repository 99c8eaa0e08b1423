/** What a role's pages may do beyond the strictest policy (security design, 4.1 and 4.2). */
export interface PagePolicy {
  /** Origins that may frame the pages: the workbench in a demonstration, nobody else. */
  readonly frameAncestors?: readonly string[]
  /** Further origins the pages may ask. */
  readonly connect?: readonly string[]
  /** Where a form may lead besides the role itself. */
  readonly formAction?: readonly string[]
  /** Whether a page decodes pictures with WebAssembly. */
  readonly webAssembly?: boolean
  /** Whether the page is the workbench, which frames the roles' pages. */
  readonly frames?: readonly string[]
  /** Whether its forms go anywhere; those of a wallet are read by its own scripts. */
  readonly forms?: boolean
}

/** The Content-Security-Policy of a page. */
export function contentSecurityPolicy(policy: PagePolicy = {}): string {
  const rules: readonly (readonly string[])[] = [
    ['default-src', "'none'"],
    ['script-src', "'self'", ...(policy.webAssembly === true ? ["'wasm-unsafe-eval'"] : [])],
    ['style-src', "'self'"],
    ['img-src', "'self'", 'data:', 'blob:'],
    ['media-src', "'self'", 'blob:'],
    ['font-src', "'self'"],
    ['connect-src', "'self'", ...(policy.connect ?? [])],
    ['manifest-src', "'self'"],
    ['worker-src', "'self'"],
    ...(policy.frames ? [['frame-src', ...policy.frames]] : []),
    ['base-uri', "'none'"],
    ['form-action', ...(policy.forms === false ? ["'none'"] : ["'self'", ...(policy.formAction ?? [])])],
    ['frame-ancestors', ...(policy.frameAncestors?.length ? policy.frameAncestors : ["'none'"])],
    ["require-trusted-types-for 'script'"],
    ['trusted-types', 'svelte-trusted-html', 'fujie-script-url'],
  ]
  return rules.map((rule) => rule.join(' ')).join('; ')
}

/** The headers of every response. */
export function securityHeaders(policy: PagePolicy = {}): Readonly<Record<string, string>> {
  // A camera in a framed page must be granted by the page around it too.
  const camera = ['self', ...(policy.frames ?? []).map((origin) => `"${origin}"`)].join(' ')
  return {
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'content-security-policy': contentSecurityPolicy(policy),
    'permissions-policy': `camera=(${camera}), geolocation=(), microphone=(), payment=()`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  }
}

/** What replaces them on public reads and on what wallets of any origin call: no credentials are ever sent along. */
export const publicHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'dpop-nonce, etag, location, retry-after',
  'cross-origin-resource-policy': 'cross-origin',
}

export const preflightHeaders: Readonly<Record<string, string>> = {
  ...publicHeaders,
  'access-control-allow-methods': 'GET, POST, PUT',
  'access-control-allow-headers': 'accept, authorization, content-type, dpop, if-none-match',
  'access-control-max-age': '600',
}
