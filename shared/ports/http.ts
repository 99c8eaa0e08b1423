/** What is asked of another party, with the bounds on its answer. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** The most bytes of answer to read. */
  readonly limit: number
  /** Media type that a 200 has to be of; absent: any. */
  readonly media?: string
  /** Seconds in all; absent: 5. A long poll names more. */
  readonly timeout?: number
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/**
 * The one way out: every connection to another party goes through it.
 *
 * Resolves for any status but a redirect. Nothing it returns is trusted.
 *
 * @throws Fault `fetch.insecure`, `fetch.blocked_address`, `fetch.redirect`, `fetch.timeout`, `fetch.too_large`, `fetch.unreachable`,
 * `fetch.refused` for a 200 of another media type
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpResponse>
}

/** Whether a `Content-Type` names the media type wanted, whatever its parameters. */
export function isOfMedia(contentType: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || contentType?.split(';')[0]?.trim().toLowerCase() === wanted
}
