/**
 * Fetches status list tokens from where credentials say they are.
 *
 * The address comes out of a credential: it is asked only once the credential's issuer is known, and without redirects.
 *
 * @throws Fault of the outbound client, `status_list.malformed`
 */
export interface StatusLists {
  token(uri: string): Promise<Uint8Array>
}
